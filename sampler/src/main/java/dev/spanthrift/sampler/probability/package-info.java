/**
 * Consistent probability sampling: threshold, randomness, trace state. Exact arithmetic, nothing
 * else.
 */
@NullMarked
package dev.spanthrift.sampler.probability;

import org.jspecify.annotations.NullMarked;
