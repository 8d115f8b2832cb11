package dev.spanthrift.sampler.estimate;

import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.signal.OperationMeasures;

/** Quantiles of histograms with the buckets of {@link OperationMeasures}, even inside each. */
public final class LogQuantiles {
  private LogQuantiles() {}

  /** Of all spans of an operation, nanoseconds; it has at least one. */
  public static double of(MeasuredOperation measured, double quantile) {
    double[] buckets = new double[measured.buckets().length];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = measured.buckets()[i];
    }
    return of(measured.zeros(), buckets, 0, buckets.length, measured.offset(), quantile);
  }

  /**
   * Of weighted counts, nanoseconds.
   *
   * @param zeros of no duration
   * @param offset index of the bucket at {@code from}
   */
  static double of(
      double zeros, double[] counts, int from, int length, int offset, double quantile) {
    double total = zeros;
    for (int i = 0; i < length; i++) {
      total += counts[from + i];
    }
    double wanted = Math.clamp(quantile, 0, 1) * total;
    double sum = zeros;
    double last = 0;
    if (wanted <= sum) {
      return 0;
    }
    for (int i = 0; i < length; i++) {
      double inside = counts[from + i];
      if (inside > 0) {
        double low = bound(offset + i);
        double high = bound(offset + i + 1);
        if (wanted <= sum + inside) {
          return low + (high - low) * (wanted - sum) / inside;
        }
        sum += inside;
        last = high;
      }
    }
    return last;
  }

  private static double bound(int bucket) {
    return Math.pow(2, (double) bucket / (1 << OperationMeasures.SCALE));
  }
}
