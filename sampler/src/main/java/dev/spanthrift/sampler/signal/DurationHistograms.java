package dev.spanthrift.sampler.signal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Histograms of durations by key, in bounded memory.
 *
 * <p>Each has {@link #WINDOW} buckets (twelve octaves) that move to where one quantile of interest
 * lies; what lies beyond the window counts in its first or last bucket. Counts are halved when one
 * of them is full, and at every half-life. Above the bound keys share histograms by their hash. One
 * thread.
 */
final class DurationHistograms implements LearnedPart {
  static final int WINDOW = 96;

  /** Answer while too few values are known. */
  static final long UNKNOWN = -1;

  static final int HALF_LIFE_SECONDS = 86_400;

  private static final int SHIFT = 24;
  private static final int ABOVE_FIRST = 40;
  private static final short EMPTY = -1;
  private static final int PAGE = 64; // histograms in one array: no header for each
  private static final int PIECE = 256;

  private final double upperShare;
  private final int trustedFrom;
  private final KeyIndex index;
  private char[][] pages = new char[1][];
  private short[] base = new short[PAGE];
  private int[] totals = new int[PAGE];
  private int[] refreshAt = new int[PAGE];
  private long[] quantile = new long[PAGE];
  private int decayedAt;
  private boolean ticked;

  /**
   * @param upperShare of the values that lies above the quantile of interest
   * @param trustedFrom values that a histogram needs before its quantile is known
   */
  DurationHistograms(int bound, int trustedFrom, double upperShare) {
    index = new KeyIndex(bound);
    this.trustedFrom = trustedFrom;
    this.upperShare = upperShare;
    forget(0);
  }

  private void forget(int from) {
    Arrays.fill(base, from, base.length, EMPTY);
    Arrays.fill(quantile, from, quantile.length, UNKNOWN);
  }

  /** Id of a key, given on first sight. */
  int idOf(long key) {
    int id = index.idOf(key);
    if (id >= base.length) {
      grow(id);
    }
    if (pages[id / PAGE] == null) {
      pages[id / PAGE] = new char[PAGE * WINDOW];
    }
    return id;
  }

  private void grow(int id) {
    int known = base.length;
    int wanted = Math.min(index.idBound(), Math.max(id + 1, known * 2));
    int capacity = (wanted + PAGE - 1) / PAGE * PAGE;
    pages = Arrays.copyOf(pages, capacity / PAGE);
    base = Arrays.copyOf(base, capacity);
    totals = Arrays.copyOf(totals, capacity);
    refreshAt = Arrays.copyOf(refreshAt, capacity);
    quantile = Arrays.copyOf(quantile, capacity);
    forget(known);
  }

  private static int first(int id) {
    return id % PAGE * WINDOW;
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
    if (++pages[id / PAGE][first(id) + place(id, bucket)] == Character.MAX_VALUE) {
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
    char[] page = pages[id / PAGE];
    int first = first(id);
    int at = base[id] < 0 ? 0 : place(id, LogBuckets.index(durationNanos));
    double above = 1 + page[first + at] * .5;
    for (int i = at + 1; i < WINDOW; i++) {
      above += page[first + i];
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
    char[] page = pages[id / PAGE];
    int first = first(id);
    int bucket = WINDOW - 1;
    double sum = page[first + bucket];
    while (sum < above && bucket > 0) {
      sum += page[first + --bucket];
    }
    long low = LogBuckets.floor(base[id] + bucket);
    long high = LogBuckets.floor(base[id] + bucket + 1);
    int count = page[first + bucket];
    double inside = count == 0 ? 0 : (sum - above) / count;
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
    char[] page = pages[id / PAGE];
    int first = first(id);
    char[] old = Arrays.copyOfRange(page, first, first + WINDOW);
    Arrays.fill(page, first, first + WINDOW, (char) 0);
    for (int i = 0; i < WINDOW; i++) {
      int to = first + Math.clamp(i - by, 0, WINDOW - 1);
      page[to] = (char) Math.min(Character.MAX_VALUE - 1, page[to] + old[i]);
    }
    base[id] += (short) by;
  }

  /** Lets time pass: counts halve once per half-life. */
  void tick(int nowSeconds) {
    if (!ticked) {
      ticked = true;
      decayedAt = nowSeconds - decayedAt; // what a snapshot had waited already
    } else if (nowSeconds - decayedAt >= HALF_LIFE_SECONDS) {
      decayedAt = nowSeconds;
      decay();
    }
  }

  /** Halves all counts: once per half-life. */
  void decay() {
    for (int id = 0; id < base.length; id++) {
      if (base[id] >= 0) {
        halve(id);
      }
    }
  }

  /** Rounds up, so that a single value of a rare key is not forgotten. */
  private void halve(int id) {
    int total = 0;
    char[] page = pages[id / PAGE];
    for (int i = first(id), end = i + WINDOW; i < end; i++) {
      page[i] = (char) ((page[i] + 1) / 2);
      total += page[i];
    }
    totals[id] = total;
    refreshAt[id] = total + 1;
  }

  int size() {
    return index.size();
  }

  /** Values known of a key now; 0 for one that has no histogram of its own. */
  int total(long key) {
    int id = index.find(key);
    return id < 0 ? 0 : totals[id];
  }

  long folded() {
    return index.folded();
  }

  /** Memory of index, histograms and columns. */
  long bytesHeld() {
    long held = index.bytesHeld() + base.length * 18L + pages.length * 4L;
    for (char[] page : pages) {
      held += page == null ? 0 : PAGE * WINDOW * 2L + 16;
    }
    return held;
  }

  @Override
  public int pieces() {
    return (index.size() + PIECE - 1) / PIECE;
  }

  /**
   * Pieces of {@value #PIECE} ids, which never change hands: seconds since the last decay, count,
   * then key, base, used buckets, and place and count of each.
   *
   * <p>Once the table has run over, only those with enough values to be trusted are worth a place:
   * so a restart heals an explosion of keys.
   */
  @Override
  public void write(int piece, int nowSeconds, DataOutput out) throws IOException {
    int from = piece * PIECE;
    int to = Math.min(index.size(), from + PIECE);
    int least = index.folded() > 0 ? trustedFrom : 1;
    long[] keys = index.keysById(from, to);
    int count = 0;
    for (int id = from; id < to; id++) {
      count += base[id] >= 0 && totals[id] >= least ? 1 : 0;
    }
    out.writeInt(waited(nowSeconds));
    out.writeInt(count);
    for (int id = from; id < to; id++) {
      if (base[id] >= 0 && totals[id] >= least) {
        out.writeLong(keys[id - from]);
        writeHistogram(id, out);
      }
    }
  }

  /** Seconds since the last decay. */
  private int waited(int nowSeconds) {
    return ticked ? Math.clamp(nowSeconds - decayedAt, 0, HALF_LIFE_SECONDS) : decayedAt;
  }

  private void writeHistogram(int id, DataOutput out) throws IOException {
    char[] page = pages[id / PAGE];
    int first = first(id);
    int used = 0;
    for (int i = 0; i < WINDOW; i++) {
      used += page[first + i] > 0 ? 1 : 0;
    }
    out.writeShort(base[id]);
    out.writeByte(used);
    for (int i = 0; i < WINDOW; i++) {
      if (page[first + i] > 0) {
        out.writeByte(i);
        out.writeChar(page[first + i]);
      }
    }
  }

  @Override
  public void read(DataInput in, int nowSeconds, int ageSeconds) throws IOException {
    long waited = LearnedPart.readCount(in, HALF_LIFE_SECONDS) + (long) ageSeconds;
    if (!ticked) {
      decayedAt = (int) (waited % HALF_LIFE_SECONDS);
    }
    int halvings = (int) Math.min(16, waited / HALF_LIFE_SECONDS);
    int count = LearnedPart.readCount(in, PIECE);
    for (int i = 0; i < count; i++) {
      long key = in.readLong();
      int id = idOf(key);
      if (id >= index.bound() || base[id] >= 0) {
        throw new IOException("histogram " + i + " of key " + key + ": no place for it");
      }
      readHistogram(id, in);
      for (int h = 0; h < halvings; h++) {
        halve(id);
      }
      refresh(id);
    }
  }

  private void readHistogram(int id, DataInput in) throws IOException {
    int windowBase = in.readShort();
    int used = in.readUnsignedByte();
    if (windowBase < 0 || windowBase > LogBuckets.COUNT || used < 1 || used > WINDOW) {
      throw new IOException("a histogram at " + windowBase + " with " + used + " buckets");
    }
    char[] page = pages[id / PAGE];
    for (int i = 0; i < used; i++) {
      int at = in.readUnsignedByte();
      char counted = in.readChar();
      if (at >= WINDOW || counted == 0 || counted == Character.MAX_VALUE) {
        throw new IOException("bucket " + at + " with " + (int) counted);
      }
      totals[id] += counted - page[first(id) + at];
      page[first(id) + at] = counted;
    }
    base[id] = (short) windowBase;
  }
}
