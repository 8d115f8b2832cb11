/** Regular expressions in RE2's syntax that run in linear time. Knows nothing of traces. */
@NullMarked
package dev.spanthrift.sampler.policy.regex;

import org.jspecify.annotations.NullMarked;
