package dev.spanthrift.agent.collector.tail;

/** What one policy says of a trace. */
enum Vote {
  SAMPLED,
  NOT_SAMPLED,
  INVERT_SAMPLED,
  INVERT_NOT_SAMPLED,
  DROPPED,
  /** No answer, which counts neither for nor against. */
  FAILED;

  boolean isNo() {
    return this == NOT_SAMPLED || this == INVERT_NOT_SAMPLED;
  }

  static Vote of(boolean sampled) {
    return sampled ? SAMPLED : NOT_SAMPLED;
  }
}
