package dev.spanthrift.sampler.signal;

import java.util.Arrays;

/**
 * Learned durations of each edge (parent operation → operation), and how often the edge has lately
 * been slow.
 *
 * <p>An edge has a histogram of {@link #WINDOW} buckets (twelve octaves) that moves to where its
 * 95th percentile lies; what lies beyond the window counts in its first or last bucket. Counts are
 * halved when one of them is full and at every half-life. Bounded: above the bound edges share
 * histograms by their hash. One thread.
 */
public final class EdgeDurations {
  public static final int BOUND = 12_288;

  static final int WINDOW = 96;

  private static final int SHIFT = 24;
  private static final int ABOVE_FIRST = 40;
  private static final float SLOW_SHARE_START = 0.05f;
  private static final float SLOW_SHARE_STEP = 0.1f;
  private static final int FOREVER_TRUSTED = 1 << 20;

  private final double upper;
  private final int trustedFrom;
  private final KeyIndex index;
  private char[][] counts = new char[64][];
  private short[] base = new short[64];
  private int[] totals = new int[64];
  private int[] refreshAt = new int[64];
  private long[] p95 = new long[64];
  private float[] slowShare = new float[64];

  public EdgeDurations() {
    this(BOUND, 20);
  }

  /**
   * @param trustedFrom values that a histogram needs before its percentile is used
   */
  public EdgeDurations(int bound, int trustedFrom) {
    this(bound, trustedFrom, .05);
  }

  public EdgeDurations(int bound, int trustedFrom, double upper) {
    this.upper = upper;
    index = new KeyIndex(bound);
    this.trustedFrom = trustedFrom;
  }

  /** Id of an edge, given on first sight. */
  public int edge(long hash) {
    int id = index.idOf(hash);
    if (id >= counts.length) {
      grow(id);
    }
    if (counts[id] == null) {
      counts[id] = new char[WINDOW];
      base[id] = -1;
      p95[id] = -1;
      slowShare[id] = SLOW_SHARE_START;
    }
    return id;
  }

  private void grow(int id) {
    int capacity = Math.min(index.idBound(), Math.max(id + 1, counts.length * 2));
    counts = Arrays.copyOf(counts, capacity);
    base = Arrays.copyOf(base, capacity);
    totals = Arrays.copyOf(totals, capacity);
    refreshAt = Arrays.copyOf(refreshAt, capacity);
    p95 = Arrays.copyOf(p95, capacity);
    slowShare = Arrays.copyOf(slowShare, capacity);
  }

  /** 95th percentile in ns, or -1 while too few values are known. */
  public long p95(int edge) {
    return p95[edge];
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
    if (durationNanos <= 0) {
      return;
    }
    int bucket = LogBuckets.index(durationNanos);
    if (base[edge] < 0) {
      base[edge] = (short) Math.max(0, bucket - (WINDOW - ABOVE_FIRST));
    }
    int at = Math.clamp(bucket - base[edge], 0, WINDOW - 1);
    if (++counts[edge][at] == Character.MAX_VALUE) {
      halve(edge);
    }
    if (++totals[edge] >= refreshAt[edge]) {
      refresh(edge);
    }
  }

  private void refresh(int edge) {
    int total = totals[edge];
    refreshAt[edge] = total + 1 + total / 16;
    if (total < trustedFrom) {
      return;
    }
    double above = total * upper;
    char[] histogram = counts[edge];
    int bucket = WINDOW - 1;
    double sum = histogram[bucket];
    while (sum < above && bucket > 0) {
      sum += histogram[--bucket];
    }
    long low = LogBuckets.floor(base[edge] + bucket);
    long high = LogBuckets.floor(base[edge] + bucket + 1);
    double inside = histogram[bucket] == 0 ? 0 : (sum - above) / histogram[bucket];
    p95[edge] = low + (long) ((high - low) * inside);
    follow(edge, bucket);
  }

  /** Moves the window when the percentile lies at its edge. */
  private void follow(int edge, int bucket) {
    if (bucket == WINDOW - 1 && base[edge] + SHIFT + WINDOW <= LogBuckets.COUNT) {
      shift(edge, SHIFT);
    } else if (bucket == 0 && base[edge] > 0) {
      shift(edge, -Math.min(SHIFT, base[edge]));
    }
  }

  private void shift(int edge, int by) {
    char[] old = counts[edge];
    char[] moved = new char[WINDOW];
    for (int i = 0; i < WINDOW; i++) {
      int to = Math.clamp(i - by, 0, WINDOW - 1);
      moved[to] = (char) Math.min(Character.MAX_VALUE - 1, moved[to] + old[i]);
    }
    counts[edge] = moved;
    base[edge] += (short) by;
  }

  /** Halves all counts: call once per half-life. */
  public void decay() {
    for (int edge = 0; edge < counts.length; edge++) {
      if (counts[edge] != null) {
        halve(edge);
      }
    }
  }

  /** Rounds up, so that a single value of a rare edge is not forgotten. */
  private void halve(int edge) {
    int total = 0;
    char[] histogram = counts[edge];
    for (int i = 0; i < WINDOW; i++) {
      histogram[i] = (char) ((histogram[i] + 1) / 2);
      total += histogram[i];
    }
    totals[edge] = total;
    refreshAt[edge] = Math.min(FOREVER_TRUSTED, total + 1);
  }

  /** Number of values that the edge's percentile rests on. */
  public int total(int edge) {
    return totals[edge];
  }

  /** Number of edges with a histogram of their own. */
  public int size() {
    return index.size();
  }

  /** Look-ups that went to a shared histogram. */
  public long folded() {
    return index.folded();
  }

  /** Bytes that the arrays hold, about. */
  public long bytesHeld() {
    return index.size() * (WINDOW * 2L + 16) + counts.length * 34L + index.size() * 36L;
  }

  long[] keysById() {
    return index.keysById();
  }

  int base(int edge) {
    return base[edge];
  }

  char[] histogram(int edge) {
    return counts[edge];
  }

  /** Puts back what a snapshot holds. */
  void restore(long hash, int windowBase, char[] histogram) {
    int edge = edge(hash);
    counts[edge] = histogram.clone();
    base[edge] = (short) windowBase;
    int total = 0;
    for (char count : histogram) {
      total += count;
    }
    totals[edge] = total;
    refresh(edge);
  }
}
