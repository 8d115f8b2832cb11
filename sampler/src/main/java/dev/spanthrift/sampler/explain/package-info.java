/** What was decided lately, and by what: so that "why was this trace dropped?" has an answer. */
@NullMarked
package dev.spanthrift.sampler.explain;

import org.jspecify.annotations.NullMarked;
