package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.probability.Threshold;

/**
 * Thresholds of few hexadecimal digits.
 *
 * <p>Digits that are 0 or f at the front are not counted, so that a small probability is as exact
 * as a large one. Source: the Collector's pkg/sampling, probability.go.
 */
final class Precision {
  private Precision() {}

  /**
   * The threshold of a probability.
   *
   * @param probability in [2^-56, 1]
   */
  static long threshold(double probability, int precision) {
    if (probability == 1) {
      return 0;
    }
    int more = Math.max(digitsAtFront(probability), digitsAtFront(1 - probability));
    int digits = Math.min(Threshold.DIGITS, precision + more);
    long threshold = Threshold.MAX - rounded(probability * 0x1p56);
    int shift = 4 * (Threshold.DIGITS - digits);
    return shift == 0 ? threshold : (threshold + (1L << (shift - 1))) >>> shift << shift;
  }

  /** Of a fraction f·2^e with f in [½, 1), ⌊−e / 4⌋. */
  private static int digitsAtFront(double fraction) {
    return fraction == 0 ? 0 : -(Math.getExponent(fraction) + 1) / 4;
  }

  /** Halves away from 0. */
  private static long rounded(double number) {
    double whole = Math.floor(number);
    return (long) whole + (number - whole >= 0.5 ? 1 : 0);
  }
}
