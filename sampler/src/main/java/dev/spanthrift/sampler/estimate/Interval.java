package dev.spanthrift.sampler.estimate;

import org.jspecify.annotations.Nullable;

/**
 * What a reader estimates from kept data, and how far off that may be.
 *
 * @param standardError of the estimate; null when the kept data cannot say
 * @param low lower end of the 95 % confidence interval, null when it has none
 * @param high upper end of it, null when it has none
 */
public record Interval(
    double estimate, @Nullable Double standardError, @Nullable Double low, @Nullable Double high) {
  /** Quantile of the normal distribution for 95 %. */
  static final double Z = 1.959964;

  /** Nothing is kept: the count is estimated as 0, and nothing is known of its error. */
  static final Interval UNKNOWN = new Interval(0, null, null, null);

  static Interval around(double estimate, double standardError) {
    double half = Z * standardError;
    return new Interval(estimate, standardError, Math.max(0, estimate - half), estimate + half);
  }

  /** Whether a value lies in the interval; an end that is not known excludes nothing. */
  public boolean contains(double value) {
    return (low == null || value >= low) && (high == null || value <= high);
  }
}
