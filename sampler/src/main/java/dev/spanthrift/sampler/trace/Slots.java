package dev.spanthrift.sampler.trace;

import java.util.Arrays;

/**
 * The columns of all fragments that wait: one slot each, found by trace id, ordered by age, and
 * placed on a timing wheel by when they are due.
 *
 * <p>Wheel: Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987, scheme 6. A slot is
 * not moved when spans arrive; its bucket asks anew when it comes up.
 */
final class Slots {
  static final int NONE = -1;
  static final long TICK_NANOS = 50_000_000L;
  private static final int BUCKETS = 2048; // 102 s ahead; what is due later is placed again

  /** Bytes of one slot in all columns, the index included. */
  static final int SLOT_BYTES = 9 * 8 + 4 * 10 + 2 + 2 * 4;

  long[] traceIdHigh;
  long[] traceIdLow;
  long[] randomness;
  long[] upstream;
  long[] startNanos;
  long[] endNanos;
  long[] firstSeen;
  long[] lastSeen;
  long[] until;
  int[] head;
  int[] tail;
  int[] spans;
  int[] bytes;
  int[] version;
  byte[] state;
  private boolean[] indexed;
  long[] facts;
  final int factWords;

  private int[] older;
  private int[] younger;
  private int[] wheelPrevious;
  private int[] wheelNext;
  private int[] bucketOf;
  private final int[] buckets = new int[BUCKETS];
  private long cursor = Long.MIN_VALUE; // tick of the bucket being emptied

  private int[] index; // slot + 1, open addressing
  private int size;
  private int entries; // of the index
  private int free = NONE;
  private int next;
  private int oldest = NONE;
  private int youngest = NONE;

  Slots(int factWords) {
    this.factWords = factWords;
    int capacity = 256;
    traceIdHigh = new long[capacity];
    traceIdLow = new long[capacity];
    randomness = new long[capacity];
    upstream = new long[capacity];
    startNanos = new long[capacity];
    endNanos = new long[capacity];
    firstSeen = new long[capacity];
    lastSeen = new long[capacity];
    until = new long[capacity];
    head = new int[capacity];
    tail = new int[capacity];
    spans = new int[capacity];
    bytes = new int[capacity];
    version = new int[capacity];
    state = new byte[capacity];
    indexed = new boolean[capacity];
    facts = new long[capacity * factWords];
    older = new int[capacity];
    younger = new int[capacity];
    wheelPrevious = new int[capacity];
    wheelNext = new int[capacity];
    bucketOf = new int[capacity];
    index = new int[capacity * 2];
    Arrays.fill(buckets, NONE);
  }

  int size() {
    return size;
  }

  long memory() {
    return (long) size * (SLOT_BYTES + factWords * 8L);
  }

  int oldest() {
    return oldest;
  }

  int find(long high, long low) {
    int mask = index.length - 1;
    for (int at = place(high, low); ; at = (at + 1) & mask) {
      int slot = index[at] - 1;
      if (slot < 0) {
        return NONE;
      }
      if (traceIdLow[slot] == low && traceIdHigh[slot] == high) {
        return slot;
      }
    }
  }

  private int place(long high, long low) {
    long mixed = (low ^ Long.rotateLeft(high, 32)) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32) & (index.length - 1);
  }

  /** A new slot; the caller fills its columns and places it on the wheel. */
  int open(long high, long low, long now) {
    int slot = take();
    traceIdHigh[slot] = high;
    traceIdLow[slot] = low;
    startNanos[slot] = 0;
    endNanos[slot] = 0;
    firstSeen[slot] = now;
    lastSeen[slot] = now;
    head[slot] = NONE;
    tail[slot] = NONE;
    spans[slot] = 0;
    bytes[slot] = 0;
    state[slot] = 0;
    indexed[slot] = true;
    bucketOf[slot] = NONE;
    Arrays.fill(facts, slot * factWords, (slot + 1) * factWords, 0);
    insert(slot);
    older[slot] = youngest;
    younger[slot] = NONE;
    if (youngest == NONE) {
      oldest = slot;
    } else {
      younger[youngest] = slot;
    }
    youngest = slot;
    return slot;
  }

  private int take() {
    if (free != NONE) {
      int slot = free;
      free = wheelNext[slot];
      return slot;
    }
    if (next == head.length) {
      grow();
    }
    return next++;
  }

  private void insert(int slot) {
    size++;
    if (++entries * 2 > index.length) {
      rebuild(index.length * 2);
    }
    int mask = index.length - 1;
    int at = place(traceIdHigh[slot], traceIdLow[slot]);
    while (index[at] != 0) {
      at = (at + 1) & mask;
    }
    index[at] = slot + 1;
  }

  private void rebuild(int capacity) {
    int[] before = index;
    index = new int[capacity];
    for (int entry : before) {
      if (entry != 0) {
        int at = place(traceIdHigh[entry - 1], traceIdLow[entry - 1]);
        while (index[at] != 0) {
          at = (at + 1) & (capacity - 1);
        }
        index[at] = entry;
      }
    }
  }

  /** Takes the slot out of the index alone: its trace may get another one. */
  void forget(int slot) {
    if (indexed[slot]) {
      remove(slot);
      indexed[slot] = false;
    }
  }

  /** Takes the slot out of index, age and wheel: nobody finds it any more, its columns stay. */
  void detach(int slot) {
    unplace(slot);
    forget(slot);
    int before = older[slot];
    int after = younger[slot];
    if (before == NONE) {
      oldest = after;
    } else {
      younger[before] = after;
    }
    if (after == NONE) {
      youngest = before;
    } else {
      older[after] = before;
    }
    size--;
  }

  /** Gives a detached slot back; its spans must have been released. */
  void release(int slot) {
    wheelNext[slot] = free;
    free = slot;
  }

  /** Open addressing without tombstones: what follows moves back into the gap. */
  private void remove(int slot) {
    int mask = index.length - 1;
    int at = place(traceIdHigh[slot], traceIdLow[slot]);
    while (index[at] != slot + 1) {
      at = (at + 1) & mask;
    }
    int gap = at;
    while (true) {
      at = (at + 1) & mask;
      int entry = index[at];
      if (entry == 0) {
        break;
      }
      int home = place(traceIdHigh[entry - 1], traceIdLow[entry - 1]);
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        index[gap] = entry;
        gap = at;
      }
    }
    index[gap] = 0;
    entries--;
  }

  /** Puts the slot where it will be looked at, not earlier than {@code due}. */
  void place(int slot, long due) {
    long tick = Math.ceilDiv(due, TICK_NANOS);
    if (cursor != Long.MIN_VALUE) {
      tick = Math.clamp(tick, cursor + 1, cursor + BUCKETS - 1);
    }
    int bucket = (int) Math.floorMod(tick, (long) BUCKETS);
    bucketOf[slot] = bucket;
    wheelPrevious[slot] = NONE;
    wheelNext[slot] = buckets[bucket];
    if (buckets[bucket] != NONE) {
      wheelPrevious[buckets[bucket]] = slot;
    }
    buckets[bucket] = slot;
  }

  /** Takes the slot off the wheel. */
  void unplace(int slot) {
    int bucket = bucketOf[slot];
    if (bucket == NONE) {
      return;
    }
    int previous = wheelPrevious[slot];
    int following = wheelNext[slot];
    if (previous == NONE) {
      buckets[bucket] = following;
    } else {
      wheelNext[previous] = following;
    }
    if (following != NONE) {
      wheelPrevious[following] = previous;
    }
    bucketOf[slot] = NONE;
  }

  /** Takes the next slot off the wheel whose bucket has come up; NONE when there is none. */
  int poll(long now) {
    long tick = Math.floorDiv(now, TICK_NANOS);
    if (cursor == Long.MIN_VALUE || tick - cursor > BUCKETS) {
      cursor = tick - BUCKETS; // first use, or the clock jumped: look at every bucket once
    }
    while (true) {
      int slot = buckets[(int) Math.floorMod(cursor, (long) BUCKETS)];
      if (slot != NONE) {
        unplace(slot);
        return slot;
      }
      if (cursor >= tick) {
        return NONE;
      }
      cursor++;
    }
  }

  private void grow() {
    int capacity = head.length + (head.length >> 1);
    traceIdHigh = Arrays.copyOf(traceIdHigh, capacity);
    traceIdLow = Arrays.copyOf(traceIdLow, capacity);
    randomness = Arrays.copyOf(randomness, capacity);
    upstream = Arrays.copyOf(upstream, capacity);
    startNanos = Arrays.copyOf(startNanos, capacity);
    endNanos = Arrays.copyOf(endNanos, capacity);
    firstSeen = Arrays.copyOf(firstSeen, capacity);
    lastSeen = Arrays.copyOf(lastSeen, capacity);
    until = Arrays.copyOf(until, capacity);
    head = Arrays.copyOf(head, capacity);
    tail = Arrays.copyOf(tail, capacity);
    spans = Arrays.copyOf(spans, capacity);
    bytes = Arrays.copyOf(bytes, capacity);
    version = Arrays.copyOf(version, capacity);
    state = Arrays.copyOf(state, capacity);
    indexed = Arrays.copyOf(indexed, capacity);
    facts = Arrays.copyOf(facts, capacity * factWords);
    older = Arrays.copyOf(older, capacity);
    younger = Arrays.copyOf(younger, capacity);
    wheelPrevious = Arrays.copyOf(wheelPrevious, capacity);
    wheelNext = Arrays.copyOf(wheelNext, capacity);
    bucketOf = Arrays.copyOf(bucketOf, capacity);
  }
}
