package dev.spanthrift.sampler.budget;

/**
 * How fast to spend, from what is left.
 *
 * <p>x = level / (rate·τ); spend rate·⁴√x for x up to 1, rate·√x up to 2, above in proportion, at
 * most four times the rate; what lies above 4τ expires. For a given sum most is kept at a price
 * that does not change, so below 1 it changes little: that is what the bucket is there for. Above,
 * money would lie idle. Source: sampler-findings, §4 and §6; RATIONALE on the fourth root.
 */
final class SpendPlan {
  private static final double FASTEST = 4;
  private static final double EXPIRES_AFTER = 4;

  /** Errors come in bursts: only when so little of the bucket is left must they give way too. */
  private static final double LAST_PART = .2;

  private SpendPlan() {}

  static double target(double level, double rate, double tauSeconds) {
    if (level <= 0 || rate <= 0) {
      return 0;
    }
    double x = level / (rate * tauSeconds);
    return rate * Math.min(FASTEST, factor(x));
  }

  private static double factor(double x) {
    if (x <= 1) {
      return Math.sqrt(Math.sqrt(x));
    }
    return x <= 2 ? Math.sqrt(x) : Math.sqrt(2) * x / 2;
  }

  /** The rate of which errors are sure of their share. */
  static double sure(double level, double rate, double tauSeconds) {
    if (level <= 0 || rate <= 0) {
      return 0;
    }
    return rate * Math.min(1, level / (rate * tauSeconds * LAST_PART));
  }

  static double levelMax(double rate, double tauSeconds) {
    return EXPIRES_AFTER * rate * tauSeconds;
  }
}
