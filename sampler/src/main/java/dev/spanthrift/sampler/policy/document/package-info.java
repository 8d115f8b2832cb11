/** Policies as they are written: conditions, actions, and what is wrong with them. */
@NullMarked
package dev.spanthrift.sampler.policy.document;

import org.jspecify.annotations.NullMarked;
