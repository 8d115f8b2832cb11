package dev.spanthrift.sampler.signal;

import java.util.Arrays;

/**
 * Histograms of durations by key, in bounded memory.
 *
 * <p>Each has {@link #WINDOW} buckets (twelve octaves) that move to where one quantile of interest
 * lies; what lies beyond the window counts in its first or last bucket. Counts are halved when one
 * of them is full, and at every half-life. Above the bound keys share histograms by their hash. One
 * thread.
 */
final class DurationHistograms {
  static final int WINDOW = 96;

  /** Answer while too few values are known. */
  static final long UNKNOWN = -1;

  private static final int SHIFT = 24;
  private static final int ABOVE_FIRST = 40;

  private final double upperShare;
  private final int trustedFrom;
  private final KeyIndex index;
  private char[][] counts = new char[64][];
  private short[] base = new short[64];
  private int[] totals = new int[64];
  private int[] refreshAt = new int[64];
  private long[] quantile = new long[64];

  /**
   * @param upperShare of the values that lies above the quantile of interest
   * @param trustedFrom values that a histogram needs before its quantile is known
   */
  DurationHistograms(int bound, int trustedFrom, double upperShare) {
    index = new KeyIndex(bound);
    this.trustedFrom = trustedFrom;
    this.upperShare = upperShare;
  }

  /** Id of a key, given on first sight. */
  int idOf(long key) {
    int id = index.idOf(key);
    if (id >= counts.length) {
      grow(id);
    }
    if (counts[id] == null) {
      counts[id] = new char[WINDOW];
      base[id] = -1;
      quantile[id] = UNKNOWN;
    }
    return id;
  }

  private void grow(int id) {
    int capacity = Math.min(index.idBound(), Math.max(id + 1, counts.length * 2));
    counts = Arrays.copyOf(counts, capacity);
    base = Arrays.copyOf(base, capacity);
    totals = Arrays.copyOf(totals, capacity);
    refreshAt = Arrays.copyOf(refreshAt, capacity);
    quantile = Arrays.copyOf(quantile, capacity);
  }

  /** The quantile of interest in ns, or {@link #UNKNOWN}. */
  long quantile(int id) {
    return quantile[id];
  }

  /** Adds a duration; 0 and less (no time, or a clock that ran backwards) says nothing. */
  void add(int id, long durationNanos) {
    if (durationNanos <= 0) {
      return;
    }
    int bucket = LogBuckets.index(durationNanos);
    if (base[id] < 0) {
      base[id] = (short) Math.max(0, bucket - (WINDOW - ABOVE_FIRST));
    }
    if (++counts[id][place(id, bucket)] == Character.MAX_VALUE) {
      halve(id);
    }
    if (++totals[id] >= refreshAt[id]) {
      refresh(id);
    }
  }

  private int place(int id, int bucket) {
    return Math.clamp(bucket - base[id], 0, WINDOW - 1);
  }

  /** Share of the known values above a duration, half of its own bucket with them; never 0. */
  double shareAbove(int id, long durationNanos) {
    char[] histogram = counts[id];
    int at = base[id] < 0 ? 0 : place(id, LogBuckets.index(durationNanos));
    double above = 1 + histogram[at] * .5;
    for (int i = at + 1; i < WINDOW; i++) {
      above += histogram[i];
    }
    return Math.min(1, above / (totals[id] + 1));
  }

  private void refresh(int id) {
    int total = totals[id];
    refreshAt[id] = total + 1 + total / 16;
    if (total < trustedFrom) {
      return;
    }
    double above = total * upperShare;
    char[] histogram = counts[id];
    int bucket = WINDOW - 1;
    double sum = histogram[bucket];
    while (sum < above && bucket > 0) {
      sum += histogram[--bucket];
    }
    long low = LogBuckets.floor(base[id] + bucket);
    long high = LogBuckets.floor(base[id] + bucket + 1);
    double inside = histogram[bucket] == 0 ? 0 : (sum - above) / histogram[bucket];
    quantile[id] = low + (long) ((high - low) * inside);
    follow(id, bucket);
  }

  /** Moves the window when the quantile lies at its edge. */
  private void follow(int id, int bucket) {
    if (bucket == WINDOW - 1 && base[id] + SHIFT + WINDOW <= LogBuckets.COUNT) {
      shift(id, SHIFT);
    } else if (bucket == 0 && base[id] > 0) {
      shift(id, -Math.min(SHIFT, base[id]));
    }
  }

  private void shift(int id, int by) {
    char[] old = counts[id];
    char[] moved = new char[WINDOW];
    for (int i = 0; i < WINDOW; i++) {
      int to = Math.clamp(i - by, 0, WINDOW - 1);
      moved[to] = (char) Math.min(Character.MAX_VALUE - 1, moved[to] + old[i]);
    }
    counts[id] = moved;
    base[id] += (short) by;
  }

  /** Halves all counts: once per half-life. */
  void decay() {
    for (int id = 0; id < counts.length; id++) {
      if (counts[id] != null) {
        halve(id);
      }
    }
  }

  /** Rounds up, so that a single value of a rare key is not forgotten. */
  private void halve(int id) {
    int total = 0;
    char[] histogram = counts[id];
    for (int i = 0; i < WINDOW; i++) {
      histogram[i] = (char) ((histogram[i] + 1) / 2);
      total += histogram[i];
    }
    totals[id] = total;
    refreshAt[id] = total + 1;
  }

  int size() {
    return index.size();
  }

  long folded() {
    return index.folded();
  }

  /** Memory of index, histograms and columns, about. */
  long bytesHeld() {
    return index.bytesHeld() + index.size() * (WINDOW * 2L + 16) + counts.length * 26L;
  }

  /** Receives one histogram. */
  interface Visitor<X extends Exception> {
    void visit(long key, int base, char[] histogram) throws X;
  }

  <X extends Exception> void forEach(Visitor<X> visitor) throws X {
    long[] keys = index.keysById();
    for (int id = 0; id < keys.length; id++) {
      if (base[id] >= 0) {
        visitor.visit(keys[id], base[id], counts[id]);
      }
    }
  }

  /** Puts back what a snapshot holds. */
  void restore(long key, int windowBase, char[] histogram) {
    int id = idOf(key);
    counts[id] = histogram.clone();
    base[id] = (short) windowBase;
    int total = 0;
    for (char count : histogram) {
      total += count;
    }
    totals[id] = total;
    refresh(id);
  }
}
