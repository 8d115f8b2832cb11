package dev.spanthrift.sampler.policy;

import org.jspecify.annotations.Nullable;

/**
 * Turns a rate limit into a probability, before anybody looks at the trace's randomness, so that
 * what is kept can be weighed.
 *
 * <p>Exponential smoothing over irregular times, with Δt since the last trace and n = 1, or the
 * trace's spans:
 *
 * <pre>
 * A ← e^(−Δt/τ)·A + Δt      seconds observed, at most τ
 * C ← e^(−Δt/τ)·C + n       what arrived in them
 * p = min(1, A · limit / C)
 * </pre>
 *
 * <p>Of a fleet's rate: p = min(1, limit / R) with R the fleet's C / A, so that all give the same.
 *
 * <p>Follows a step in traffic within about τ; until then a burst may pass up to τ · limit more.
 * The first trace meets A = 1 s. Clocks that run backwards count as standing still. Source: O.
 * Ertl, ConsistentRateLimitingSampler in opentelemetry-java-contrib.
 */
final class RateEstimator {
  static final double TAU_SECONDS = 10;
  private static final double FIRST_SECONDS = 1;

  private final double limit;
  private final @Nullable String shared;
  private double seconds = FIRST_SECONDS;
  private double arrived;
  private long lastNanos;
  private boolean started;

  /**
   * @param shared the policy's name where the rate is the fleet's
   */
  RateEstimator(double perSecond, @Nullable String shared) {
    limit = perSecond;
    this.shared = shared;
  }

  /** The probability of the trace that arrives now; any thread. */
  synchronized double probability(long nowNanos, double amount, FleetRates fleet) {
    double elapsed = started ? Math.max(0, nowNanos - lastNanos) / 1e9 : 0;
    lastNanos = started ? lastNanos + Math.max(0, nowNanos - lastNanos) : nowNanos;
    started = true;
    double decay = Math.exp(-elapsed / TAU_SECONDS);
    seconds =
        decay * seconds + (elapsed < TAU_SECONDS / 1000 ? elapsed : TAU_SECONDS * (1 - decay));
    arrived = decay * arrived + amount;
    double here = arrived / seconds;
    double all = shared == null ? here : fleet.perSecond(shared, here, nowNanos);
    return Math.min(1, Math.max(0x1p-56, limit / all));
  }
}
