package dev.spanthrift.sampler.signal;

import java.util.Arrays;

/**
 * How often each group was seen lately: counts that lose half their weight per half-life.
 *
 * <p>Bounded: when full, faded keys are swept out; if none has faded, new keys share one of {@link
 * #FOLDS} counts by their hash and so look common, never new. Decay is applied when a key is
 * touched. Times are seconds on any clock that does not run backwards; a step back counts as none.
 */
public final class DecayingCounts {
  static final int FOLDS = 256;

  private static final float FADED = 0.05f;
  private static final int SWEEP_SECONDS = 60;

  private final int bound;
  private final double perSecond;
  private long[] keys = new long[64];
  private float[] counts = new float[64];
  private int[] seconds = new int[64];
  private final float[] foldCounts = new float[FOLDS];
  private final int[] foldSeconds = new int[FOLDS];
  private int size;
  private int nextSweep = Integer.MIN_VALUE;
  private long folded;

  public DecayingCounts(int bound, double halfLifeSeconds) {
    if (bound < 1 || !(halfLifeSeconds > 0)) {
      throw new IllegalArgumentException("bound " + bound + ", half-life " + halfLifeSeconds);
    }
    this.bound = bound;
    perSecond = -Math.log(2) / halfLifeSeconds;
  }

  /** Adds to a key's count and returns the count with it. */
  public double add(long key, double amount, int nowSeconds) {
    long nonZero = key == 0 ? 1 : key;
    int slot = find(nonZero);
    if (keys[slot] != nonZero) {
      slot = makeRoom(nonZero, slot, nowSeconds);
      if (slot < 0) {
        return addFolded(nonZero, amount, nowSeconds);
      }
    }
    float count = (float) (decayed(counts[slot], seconds[slot], nowSeconds) + amount);
    counts[slot] = count;
    seconds[slot] = nowSeconds;
    return count;
  }

  /** A key's count now, 0 when it is not known. */
  public double count(long key, int nowSeconds) {
    long nonZero = key == 0 ? 1 : key;
    int slot = find(nonZero);
    return keys[slot] == nonZero ? decayed(counts[slot], seconds[slot], nowSeconds) : 0;
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
      if (now < nextSweep || !sweep(now)) {
        return -1;
      }
      free = find(key);
    } else if (size * 2 >= keys.length) {
      rebuild(keys.length * 2, now, 0);
      free = find(key);
    }
    keys[free] = key;
    counts[free] = 0;
    seconds[free] = now;
    size++;
    return free;
  }

  private boolean sweep(int now) {
    nextSweep = now + SWEEP_SECONDS;
    rebuild(keys.length, now, FADED);
    return size < bound;
  }

  private void rebuild(int capacity, int now, float faded) {
    long[] oldKeys = keys;
    float[] oldCounts = counts;
    int[] oldSeconds = seconds;
    keys = new long[capacity];
    counts = new float[capacity];
    seconds = new int[capacity];
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0 && decayed(oldCounts[i], oldSeconds[i], now) >= faded) {
        int slot = find(oldKeys[i]);
        keys[slot] = oldKeys[i];
        counts[slot] = oldCounts[i];
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
    return keys.length * 16L + FOLDS * 8L;
  }

  void clear() {
    Arrays.fill(keys, 0);
    Arrays.fill(foldCounts, 0);
    size = 0;
  }

  /** Receives one key of a table. */
  public interface Visitor<X extends Exception> {
    void visit(long key, double count) throws X;
  }

  /** Shows each key with its count now. */
  public <X extends Exception> void forEach(int nowSeconds, Visitor<X> visitor) throws X {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0) {
        visitor.visit(keys[i], decayed(counts[i], seconds[i], nowSeconds));
      }
    }
  }
}
