package dev.spanthrift.sampler.signal;

/**
 * Bounded map of 64-bit keys to dense ids, 0 upwards.
 *
 * <p>Above the bound a new key gets one of {@link #FOLDS} shared ids by its hash: it is counted
 * with others, never treated as new.
 */
final class KeyIndex {
  static final int FOLDS = 256;

  private final int bound;
  private long[] keys = new long[64];
  private int[] ids = new int[64];
  private int size;
  private long folded;

  KeyIndex(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound not positive: " + bound);
    }
    this.bound = bound;
  }

  /** Id of a key, given on first sight; from {@code bound} upwards the ids are shared. */
  int idOf(long key) {
    long nonZero = key == 0 ? 1 : key;
    int slot = slotOf(nonZero);
    if (keys[slot] == nonZero) {
      return ids[slot];
    }
    if (size >= bound) {
      folded++;
      return bound + (int) (StableHash.mix(nonZero) & (FOLDS - 1));
    }
    return insert(slot, nonZero);
  }

  /** Id of a key that has one of its own, else -1. */
  int find(long key) {
    long nonZero = key == 0 ? 1 : key;
    int slot = slotOf(nonZero);
    return keys[slot] == nonZero ? ids[slot] : -1;
  }

  private int slotOf(long key) {
    int mask = keys.length - 1;
    int slot = (int) StableHash.mix(key) & mask;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private int insert(int slot, long key) {
    int id = size++;
    keys[slot] = key;
    ids[slot] = id;
    if (size * 4 > keys.length * 3) {
      grow();
    }
    return id;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldIds = ids;
    keys = new long[oldKeys.length * 2];
    ids = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = slotOf(oldKeys[i]);
        keys[slot] = oldKeys[i];
        ids[slot] = oldIds[i];
      }
    }
  }

  int size() {
    return size;
  }

  int bound() {
    return bound;
  }

  /** Largest id that can be given, plus one. */
  int idBound() {
    return bound + FOLDS;
  }

  /** Look-ups that were answered by a shared id. */
  long folded() {
    return folded;
  }

  /** Keys of some ids in their order, for snapshots. */
  long[] keysById(int from, int to) {
    long[] byId = new long[to - from];
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0 && ids[i] >= from && ids[i] < to) {
        byId[ids[i] - from] = keys[i];
      }
    }
    return byId;
  }

  long bytesHeld() {
    return keys.length * 12L;
  }
}
