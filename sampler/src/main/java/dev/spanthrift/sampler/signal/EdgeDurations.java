package dev.spanthrift.sampler.signal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Learned durations of each edge (parent operation → operation): the 95th percentile, and how often
 * the edge has lately been above it.
 *
 * <p>Bounded: above the bound edges share histograms by their hash. One thread.
 */
public final class EdgeDurations implements LearnedPart {
  public static final int BOUND = 12_288;

  private static final int TRUSTED_FROM = 20;
  private static final float SLOW_SHARE_START = 0.05f;
  private static final float SLOW_SHARE_STEP = 0.1f;

  private final DurationHistograms histograms;
  private final int bound;
  private float[] slowShare = new float[64];

  public EdgeDurations() {
    this(BOUND);
  }

  public EdgeDurations(int bound) {
    this.bound = bound;
    histograms = new DurationHistograms(bound, TRUSTED_FROM, .05);
    Arrays.fill(slowShare, SLOW_SHARE_START);
  }

  /** Id of an edge, given on first sight. */
  public int edge(long hash) {
    int id = histograms.idOf(hash);
    if (id >= slowShare.length) {
      int known = slowShare.length;
      slowShare =
          Arrays.copyOf(slowShare, Math.min(bound + KeyIndex.FOLDS, Math.max(id + 1, known * 2)));
      Arrays.fill(slowShare, known, slowShare.length, SLOW_SHARE_START);
    }
    return id;
  }

  /** 95th percentile in ns, or -1 while fewer than 20 values are known. */
  public long p95(int edge) {
    return histograms.quantile(edge);
  }

  /** Notes whether a span of the edge was above the 95th percentile: a share over the last ten. */
  public void noteSlow(int edge, boolean above) {
    slowShare[edge] += ((above ? 1 : 0) - slowShare[edge]) * SLOW_SHARE_STEP;
  }

  /** Share of the edge's last spans that were above the 95th percentile; .05 is usual. */
  public double slowShare(int edge) {
    return slowShare[edge];
  }

  /** Adds a duration; 0 and less (no time, or a clock that ran backwards) says nothing. */
  public void add(int edge, long durationNanos) {
    histograms.add(edge, durationNanos);
  }

  /** Lets time pass: old values fade. */
  public void tick(int nowSeconds) {
    histograms.tick(nowSeconds);
  }

  /** Number of edges with a histogram of their own. */
  public int size() {
    return histograms.size();
  }

  /** Look-ups that went to a shared histogram. */
  public long folded() {
    return histograms.folded();
  }

  /** Memory held, about. */
  public long bytesHeld() {
    return histograms.bytesHeld() + slowShare.length * 4L;
  }

  @Override
  public int pieces() {
    return histograms.pieces();
  }

  /** How often an edge is slow just now is not written: ten spans tell it again. */
  @Override
  public void write(int piece, int nowSeconds, DataOutput out) throws IOException {
    histograms.write(piece, nowSeconds, out);
  }

  @Override
  public void read(DataInput in, int nowSeconds, int ageSeconds) throws IOException {
    histograms.read(in, nowSeconds, ageSeconds);
  }
}
