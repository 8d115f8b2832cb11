package dev.spanthrift.sampler.budget.allocation;

/**
 * Exact price of a class from its demand by score: the μ for which Σ demand·min(1, μ·score) is the
 * money given.
 *
 * <p>Scores lie in buckets of a logarithm, each with its summed demand and its summed demand·score,
 * so that the order in which groups came does not matter and one pass from the top finds μ.
 */
final class WaterFilling {
  /** Buckets of the score: eight per octave from 2^-20 to 2^12. */
  static final int BUCKETS = 256;

  /** μ when there is money for all. */
  static final double KEEP_ALL = 1e30;

  private static final int LOWEST_EXPONENT = -20;
  private static final double ALL = 1 - 1e-9; // of a sum that was rounded

  private WaterFilling() {}

  static int bucket(double score) {
    long bits = Double.doubleToRawLongBits(score);
    int at = (int) (bits >>> 49) - ((1023 + LOWEST_EXPONENT) << 3);
    return Math.clamp(at, 0, BUCKETS - 1);
  }

  /**
   * Money for all of it keeps all, not only down to the lowest score seen: a group's score falls
   * with each example, so the next one may be lower.
   *
   * @param sums holds the demands at {@code offset} and the demands·score right after them
   * @param money to be spent per second
   */
  static double price(double[] sums, int offset, double money) {
    int scored = offset + BUCKETS;
    double all = 0;
    double below = 0;
    for (int b = 0; b < BUCKETS; b++) {
      all += sums[offset + b];
      below += sums[scored + b];
    }
    if (money >= all * ALL) {
      return KEEP_ALL;
    }
    double full = 0;
    for (int b = BUCKETS - 1; b >= 0; b--) {
      double demand = sums[offset + b];
      if (demand > 0) {
        double price = below > 0 ? (money - full) / below : 0;
        if (price * sums[scored + b] <= demand) {
          return Math.max(0, price);
        }
        full += demand;
        below -= sums[scored + b];
      }
    }
    return KEEP_ALL;
  }
}
