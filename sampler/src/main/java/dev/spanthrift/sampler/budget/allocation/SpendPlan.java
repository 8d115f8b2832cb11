package dev.spanthrift.sampler.budget.allocation;

/**
 * How fast to spend, from what is left.
 *
 * <p>x = level / (rate·τ); spend rate·√x for x up to 2, above in proportion, at most four times the
 * rate. A full bucket raises the spend, an empty one stops all but the base rate; what lies above
 * 4τ expires.
 */
final class SpendPlan {
  private static final double FASTEST = 4;
  private static final double EXPIRES_AFTER = 4;

  private SpendPlan() {}

  static double target(double level, double rate, double tauSeconds) {
    if (level <= 0 || rate <= 0) {
      return 0;
    }
    double x = level / (rate * tauSeconds);
    double factor = x <= 2 ? Math.sqrt(x) : Math.sqrt(2) * x / 2;
    return rate * Math.min(FASTEST, factor);
  }

  static double levelMax(double rate, double tauSeconds) {
    return EXPIRES_AFTER * rate * tauSeconds;
  }
}
