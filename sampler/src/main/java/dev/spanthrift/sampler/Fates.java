package dev.spanthrift.sampler;

/**
 * Learns what becomes of every span, once, on the sampler's thread: for simulation and explanation.
 *
 * <p>Over all calls, spans and bytes sum to kept and dropped of {@link SamplerCounts}.
 */
public interface Fates {
  /** Nobody listens. */
  Fates UNSEEN =
      new Fates() {
        @Override
        public void kept(long high, long low, int spans, long bytes, String reason) {}

        @Override
        public void dropped(long high, long low, int spans, long bytes, String reason) {}
      };

  /**
   * The budget found a probability, before it looked at the trace's randomness; what another pod
   * told may raise it yet.
   */
  default void decided(long traceIdHigh, long traceIdLow, double probability) {}

  /** A fragment, or one late span, is kept and will be shipped. */
  void kept(long traceIdHigh, long traceIdLow, int spans, long bytes, String reason);

  /** A fragment, or one late span, is gone. */
  void dropped(long traceIdHigh, long traceIdLow, int spans, long bytes, String reason);
}
