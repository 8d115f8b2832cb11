package dev.spanthrift.sampler.signal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How often each group was seen lately: counts that lose half their weight per half-life.
 *
 * <p>A key may have several columns, sums that fade together; the first one is its count. Bounded:
 * when full, keys whose count has faded are swept out; if none has, new keys share one of {@link
 * #FOLDS} counts by their hash and so look common, never new. Decay is applied when a key is
 * touched. Times are seconds on any clock that does not run backwards; a step back counts as none,
 * and a clock may run over the end of an int.
 */
public final class DecayingCounts implements LearnedPart {
  static final int FOLDS = 256;

  private static final float FADED = 0.05f;
  private static final float SEEN_AGAIN = 1.5f;
  private static final int SWEEP_SECONDS = 60;

  private final int bound;
  private final int columns;
  private final double perSecond;
  private long[] keys = new long[64];
  private float[] counts; // columns of one key side by side
  private int[] seconds = new int[64];
  private final float[] foldCounts = new float[FOLDS];
  private final int[] foldSeconds = new int[FOLDS];
  private int size;
  private int sweptAt;
  private boolean swept;
  private long folded;

  public DecayingCounts(int bound, double halfLifeSeconds) {
    this(bound, halfLifeSeconds, 1);
  }

  public DecayingCounts(int bound, double halfLifeSeconds, int columns) {
    if (bound < 1 || columns < 1 || !(halfLifeSeconds > 0)) {
      throw new IllegalArgumentException(
          "bound " + bound + ", half-life " + halfLifeSeconds + ", columns " + columns);
    }
    this.bound = bound;
    this.columns = columns;
    counts = new float[64 * columns];
    perSecond = -Math.log(2) / halfLifeSeconds;
  }

  /** Adds to a key's count and returns the count with it. */
  public double add(long key, double amount, int nowSeconds) {
    return add(key, 0, amount, nowSeconds);
  }

  /** Adds to one column of a key and returns its sum; what is folded has the count only. */
  public double add(long key, int column, double amount, int nowSeconds) {
    long nonZero = key == 0 ? 1 : key;
    int slot = find(nonZero);
    if (keys[slot] != nonZero) {
      slot = makeRoom(nonZero, slot, nowSeconds);
      if (slot < 0) {
        return column == 0 ? addFolded(nonZero, amount, nowSeconds) : 0;
      }
    }
    age(slot, nowSeconds);
    return counts[slot * columns + column] += (float) amount;
  }

  private void age(int slot, int now) {
    int elapsed = now - seconds[slot];
    if (elapsed > 0) {
      float keep = (float) Math.exp(perSecond * elapsed);
      for (int i = slot * columns, end = i + columns; i < end; i++) {
        counts[i] *= keep;
      }
    }
    seconds[slot] = now;
  }

  /** A key's count now, 0 when it is not known. */
  public double count(long key, int nowSeconds) {
    return count(key, 0, nowSeconds);
  }

  /** A column of a key now, 0 when it is not known. */
  public double count(long key, int column, int nowSeconds) {
    long nonZero = key == 0 ? 1 : key;
    int slot = find(nonZero);
    return keys[slot] == nonZero
        ? decayed(counts[slot * columns + column], seconds[slot], nowSeconds)
        : 0;
  }

  private double decayed(float count, int since, int now) {
    int elapsed = now - since;
    return elapsed <= 0 ? count : count * Math.exp(perSecond * elapsed);
  }

  private double addFolded(long key, double amount, int now) {
    folded++;
    int fold = (int) (StableHash.mix(key) >>> 32) & (FOLDS - 1);
    foldCounts[fold] = (float) (decayed(foldCounts[fold], foldSeconds[fold], now) + amount);
    foldSeconds[fold] = now;
    return foldCounts[fold];
  }

  /** Slot for a new key, or -1 when there is no room. */
  private int makeRoom(long key, int slot, int now) {
    int free = slot;
    if (size >= bound) {
      if ((swept && now - sweptAt < SWEEP_SECONDS) || !sweep(now)) {
        return -1;
      }
      free = find(key);
    } else if ((size + 1) * 4L > keys.length * 3L) {
      rebuild(keys.length * 2, now, 0);
      free = find(key);
    }
    keys[free] = key;
    seconds[free] = now;
    size++;
    return free;
  }

  private boolean sweep(int now) {
    swept = true;
    sweptAt = now;
    rebuild(keys.length, now, FADED);
    return size < bound;
  }

  private void rebuild(int capacity, int now, float faded) {
    long[] oldKeys = keys;
    float[] oldCounts = counts;
    int[] oldSeconds = seconds;
    keys = new long[capacity];
    counts = new float[capacity * columns];
    seconds = new int[capacity];
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0 && decayed(oldCounts[i * columns], oldSeconds[i], now) >= faded) {
        int slot = find(oldKeys[i]);
        keys[slot] = oldKeys[i];
        System.arraycopy(oldCounts, i * columns, counts, slot * columns, columns);
        seconds[slot] = oldSeconds[i];
        size++;
      }
    }
  }

  private int find(long key) {
    int mask = keys.length - 1;
    int slot = (int) StableHash.mix(key) & mask;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Number of keys with a count of their own. */
  public int size() {
    return size;
  }

  /** Additions that went to a shared count. */
  public long folded() {
    return folded;
  }

  /** Bytes that the arrays hold. */
  public long bytesHeld() {
    return keys.length * (12L + columns * 4L) + FOLDS * 8L;
  }

  @Override
  public int pieces() {
    return 1;
  }

  /**
   * Count of entries, then key, seconds since it was touched, columns.
   *
   * <p>Of a full table only keys that were seen more than once: so a restart heals an explosion of
   * keys.
   */
  @Override
  public void write(int piece, int nowSeconds, DataOutput out) throws IOException {
    float least = size < bound ? 0 : SEEN_AGAIN;
    int count = 0;
    for (int i = 0; i < keys.length; i++) {
      count += isWorth(i, least) ? 1 : 0;
    }
    out.writeInt(count);
    for (int i = 0; i < keys.length; i++) {
      if (isWorth(i, least)) {
        out.writeLong(keys[i]);
        out.writeInt(Math.max(0, nowSeconds - seconds[i]));
        for (int c = 0; c < columns; c++) {
          out.writeFloat(counts[i * columns + c]);
        }
      }
    }
  }

  private boolean isWorth(int slot, float least) {
    return keys[slot] != 0 && counts[slot * columns] >= least;
  }

  @Override
  public void read(DataInput in, int nowSeconds, int ageSeconds) throws IOException {
    int count = LearnedPart.readCount(in, bound);
    for (int i = 0; i < count; i++) {
      long key = in.readLong();
      long elapsed = LearnedPart.readCount(in, Integer.MAX_VALUE) + (long) ageSeconds;
      double keep = Math.exp(perSecond * elapsed);
      for (int c = 0; c < columns; c++) {
        float sum = in.readFloat();
        if (key == 0 || !(sum >= 0 && sum < 1e30f)) {
          throw new IOException("entry " + i + ", column " + c + ": " + sum);
        }
        double unused = add(key, c, sum * keep, nowSeconds);
      }
    }
  }
}
