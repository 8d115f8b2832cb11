package dev.spanthrift.sampler.budget;

import dev.spanthrift.sampler.signal.LogBuckets;

/**
 * The fleet's 98th and 99th percentile of time lost per fragment, zeros included.
 *
 * <p>Until 100 fragments are known nothing is slow.
 */
public final class LostTime {
  private static final double TRUSTED_FROM = 100;

  double cut = .02;
  private double p98 = Double.MAX_VALUE;
  private double p99 = Double.MAX_VALUE;

  /** Reads the percentiles from a histogram that lies in a report. */
  void from(double[] report, int offset) {
    double total = 0;
    for (int b = 0; b < LogBuckets.COUNT; b++) {
      total += report[offset + b];
    }
    if (total < TRUSTED_FROM) {
      p98 = Double.MAX_VALUE;
      p99 = Double.MAX_VALUE;
      return;
    }
    p99 = above(report, offset, total * .01);
    p98 = above(report, offset, total * cut);
  }

  private static double above(double[] report, int offset, double rank) {
    double sum = 0;
    for (int b = LogBuckets.COUNT - 1; b >= 0; b--) {
      double count = report[offset + b];
      if (sum + count >= rank) {
        double inside = count <= 0 ? 0 : (sum + count - rank) / count;
        return LogBuckets.floor(b) + (LogBuckets.floor(b + 1) - LogBuckets.floor(b)) * inside;
      }
      sum += count;
    }
    return 0;
  }

  public double p98() {
    return p98;
  }

  public double p99() {
    return p99;
  }
}
