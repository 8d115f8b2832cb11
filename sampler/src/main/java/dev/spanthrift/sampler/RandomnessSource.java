package dev.spanthrift.sampler;

import dev.spanthrift.sampler.probability.Randomness;

/** Where the 56 bits come from that decide a trace, unless its trace state has {@code rv}. */
public enum RandomnessSource {
  /** The last 7 bytes of the trace id, as the specification says. */
  TRACE_ID {
    @Override
    long of(long traceIdHigh, long traceIdLow) {
      return Randomness.ofTraceId(traceIdLow);
    }
  },

  /**
   * A hash of the whole id, for ids that are not random there. Whoever comes next cannot know it,
   * so it is written as {@code rv} beside every threshold.
   */
  HASH {
    @Override
    long of(long traceIdHigh, long traceIdLow) {
      return Randomness.ofHash(traceIdHigh, traceIdLow);
    }
  };

  abstract long of(long traceIdHigh, long traceIdLow);

  /** As settings write it. */
  @Override
  public String toString() {
    return this == HASH ? "hash" : "traceId";
  }
}
