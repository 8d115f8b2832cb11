package dev.spanthrift.sampler.signal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Learned durations of each path, and how unusual a duration is for its path.
 *
 * <p>excess = (duration / median − 1)² / share of the path's durations above it: how much longer,
 * times how seldom. Without a unit, so that it means the same for a path of 1 ms and one of 10 s.
 * The median stands where an incident that lasts for a while would move a high percentile. Bounded:
 * above the bound paths share histograms by their hash. One thread.
 */
public final class PathDurations implements LearnedPart {
  public static final int BOUND = 8_192;

  private static final int TRUSTED_FROM = 20;

  private final DurationHistograms histograms;

  public PathDurations() {
    this(BOUND);
  }

  public PathDurations(int bound) {
    histograms = new DurationHistograms(bound, TRUSTED_FROM, .5);
  }

  /**
   * The excess of a duration, then learns it.
   *
   * @return 0 for one that is not above the median, or while fewer than 20 are known
   */
  public double excess(long path, long durationNanos) {
    int id = histograms.idOf(path);
    long median = histograms.quantile(id);
    double excess = 0;
    if (median > 0 && durationNanos > median) {
      double longer = (double) durationNanos / median - 1;
      excess = longer * longer / histograms.shareAbove(id, durationNanos);
    }
    histograms.add(id, durationNanos);
    return excess;
  }

  /** Lets time pass: old values fade. */
  public void tick(int nowSeconds) {
    histograms.tick(nowSeconds);
  }

  /** Number of paths with a histogram of their own. */
  public int size() {
    return histograms.size();
  }

  /** Look-ups that went to a shared histogram. */
  public long folded() {
    return histograms.folded();
  }

  /** Memory held, about. */
  public long bytesHeld() {
    return histograms.bytesHeld();
  }

  @Override
  public int pieces() {
    return histograms.pieces();
  }

  @Override
  public void write(int piece, int nowSeconds, DataOutput out) throws IOException {
    histograms.write(piece, nowSeconds, out);
  }

  @Override
  public void read(DataInput in, int nowSeconds, int ageSeconds) throws IOException {
    histograms.read(in, nowSeconds, ageSeconds);
  }
}
