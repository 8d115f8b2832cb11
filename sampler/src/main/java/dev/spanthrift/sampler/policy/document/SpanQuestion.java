package dev.spanthrift.sampler.policy.document;

import dev.spanthrift.sampler.wire.Batch;

/**
 * Something asked of one span by code, where no other condition says it; see {@link
 * Condition.Custom}. Equal questions are asked once. May have state of its own: one thread at a
 * time asks. Must not allocate.
 */
@FunctionalInterface
public interface SpanQuestion {
  boolean test(Batch batch, int row);
}
