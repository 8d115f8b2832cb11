package dev.spanthrift.sampler.policy;

import java.util.Arrays;

/**
 * What the sidecars of a fleet report to each other of the traffic that their shared rates limit:
 * for each such policy how much arrives a second, added up.
 *
 * <p>The sums are some seconds old; what this one had said in them is replaced by what it sees now.
 * Where no sums come any more, its share of the traffic goes over to one part of as many as there
 * are sidecars; before any came, it is that. Guarantees: all that know the same sums give the same
 * probability. Any thread.
 */
public final class SharedRates implements FleetRates {
  /** Numbers in a report; a policy's place follows from its name. */
  public static final int PLACES = 128;

  private static final double USUAL_AGE_SECONDS = 15;
  private static final double DECAY_SECONDS = 60;

  private final double[] own = new double[PLACES];
  private final long[] seenNanos = new long[PLACES];
  private final double[] others = new double[PLACES];
  private double[] reported = new double[PLACES];
  private double[] reportedBefore = new double[PLACES];
  private double pods;
  private boolean known;
  private long takenNanos;

  /**
   * @param podsAssumed while nothing is known of the others
   */
  public SharedRates(double podsAssumed) {
    pods = podsAssumed;
  }

  static int place(String policy) {
    return (policy.hashCode() * 0x9E3779B9) >>> 25;
  }

  @Override
  public synchronized double perSecond(String policy, double arriving, long nowNanos) {
    int at = place(policy);
    own[at] = arriving;
    seenNanos[at] = nowNanos;
    if (!known) {
      return arriving * pods;
    }
    double fleet = others[at] + arriving;
    double late = (nowNanos - takenNanos) / 1e9 - USUAL_AGE_SECONDS;
    if (late <= 0) {
      return fleet;
    }
    double even = 1 / pods;
    return arriving / (even + (arriving / fleet - even) * Math.exp(-late / DECAY_SECONDS));
  }

  /** This one's report; what has stopped arriving fades as the limiter forgets it. */
  public synchronized double[] report(long nowNanos) {
    reportedBefore = reported;
    reported = new double[PLACES];
    for (int i = 0; i < PLACES; i++) {
      double silent = Math.max(0, nowNanos - seenNanos[i]) / 1e9;
      double rate = own[i] * Math.exp(-silent / RateEstimator.TAU_SECONDS);
      reported[i] = rate < 1e-3 ? 0 : rate;
    }
    return reported.clone();
  }

  /**
   * Takes the sums.
   *
   * @param before whether this one's report before the last is in them, and not the last
   */
  public synchronized void take(double[] sums, boolean before, double ofPods, long nowNanos) {
    double[] mine = before ? reportedBefore : reported;
    Arrays.setAll(others, i -> Math.max(0, sums[i] - mine[i]));
    pods = Math.max(1, ofPods);
    known = true;
    takenNanos = nowNanos;
  }
}
