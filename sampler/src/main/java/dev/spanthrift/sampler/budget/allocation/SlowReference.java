package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.signal.LearnedPart;
import dev.spanthrift.sampler.signal.LogBuckets;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What counts as very slow in the fleet: upper percentiles of the excess of deciding fragments, and
 * of the time lost in any fragment, zeros included.
 *
 * <p>Each pod counts its own and reads the sum of all. Until 100 are known nothing is slow.
 */
public final class SlowReference {
  private static final double TRUSTED_FROM = 100;
  private static final double EXCESS_STEPS = 1e4;

  private final double[] lost = new double[LogBuckets.COUNT];
  private final double[] excess = new double[LogBuckets.COUNT];
  private double lostP98 = Double.MAX_VALUE;
  private double lostP99 = Double.MAX_VALUE;
  private double excessP99 = Double.POSITIVE_INFINITY;

  /** Counts a fragment's time lost, in ns. */
  void noteLost(double nanos) {
    lost[LogBuckets.index((long) nanos)]++;
  }

  /** Counts a deciding fragment's excess over the durations of its path. */
  void noteExcess(double value) {
    excess[LogBuckets.index((long) (value * EXCESS_STEPS))]++;
  }

  /** Lets what was counted fade. */
  void fade(double keep) {
    for (int b = 0; b < LogBuckets.COUNT; b++) {
      lost[b] *= keep;
      excess[b] *= keep;
    }
  }

  /** Writes this pod's counts into its report. */
  void write(double[] report) {
    System.arraycopy(lost, 0, report, FleetReport.LOST, LogBuckets.COUNT);
    System.arraycopy(excess, 0, report, FleetReport.EXCESS, LogBuckets.COUNT);
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(LogBuckets.COUNT);
    for (int b = 0; b < LogBuckets.COUNT; b++) {
      out.writeDouble(lost[b]);
      out.writeDouble(excess[b]);
    }
  }

  void read(DataInput in) throws IOException {
    if (in.readInt() != LogBuckets.COUNT) {
      throw new IOException("a histogram of another layout");
    }
    for (int b = 0; b < LogBuckets.COUNT; b++) {
      lost[b] = LearnedPart.readAmount(in);
      excess[b] = LearnedPart.readAmount(in);
    }
  }

  /** Reads the percentiles from the fleet's sums. */
  void read(double[] fleet) {
    lostP98 = above(fleet, FleetReport.LOST, .02);
    lostP99 = above(fleet, FleetReport.LOST, .01);
    double steps = above(fleet, FleetReport.EXCESS, .01);
    excessP99 = steps < Double.MAX_VALUE ? steps / EXCESS_STEPS : Double.POSITIVE_INFINITY;
  }

  private static double above(double[] counts, int offset, double share) {
    double total = 0;
    for (int b = 0; b < LogBuckets.COUNT; b++) {
      total += counts[offset + b];
    }
    double rank = total * share;
    double sum = 0;
    for (int b = LogBuckets.COUNT - 1; b >= 0 && total >= TRUSTED_FROM; b--) {
      double count = counts[offset + b];
      if (sum + count >= rank && count > 0) {
        double inside = (sum + count - rank) / count;
        return LogBuckets.floor(b) + (LogBuckets.floor(b + 1) - LogBuckets.floor(b)) * inside;
      }
      sum += count;
    }
    return Double.MAX_VALUE;
  }

  /** Time lost in ns that 2 % of the fragments reach. */
  public double lostP98() {
    return lostP98;
  }

  /** Time lost in ns that 1 % of the fragments reach. */
  public double lostP99() {
    return lostP99;
  }

  /** Excess that 1 % of the deciding fragments reach. */
  public double excessP99() {
    return excessP99;
  }
}
