package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.policy.document.SpanQuestion;

/** The attribute {@code sampling.priority} of a span: a number, or a text that is one. */
final class SamplingPriority {
  private final SpanQuestion keeping = SpanQuestions.priority(true);
  private final SpanQuestion dropping = SpanQuestions.priority(false);

  /** What it asks for. */
  enum Wish {
    NONE,
    KEEP,
    DROP
  }

  Wish of(dev.spanthrift.sampler.wire.Batch batch, int row) {
    if (keeping.test(batch, row)) {
      return Wish.KEEP;
    }
    return dropping.test(batch, row) ? Wish.DROP : Wish.NONE;
  }
}
