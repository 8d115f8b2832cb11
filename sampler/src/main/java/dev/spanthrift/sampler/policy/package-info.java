/** Ordered rules that come before the budget, and what they decide. */
@NullMarked
package dev.spanthrift.sampler.policy;

import org.jspecify.annotations.NullMarked;
