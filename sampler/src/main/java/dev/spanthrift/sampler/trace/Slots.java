package dev.spanthrift.sampler.trace;

import java.util.Arrays;

/**
 * A row for each fragment that waits, found by trace id, ordered by age, and placed on a timing
 * wheel by when it is due.
 *
 * <pre>
 *  0  trace id, first half          8  when it is looked at next
 *  1  trace id, second half         9  first record (32) | last record (32)
 *  2  randomness                   10  spans (32) | bytes (32)
 *  3  upstream threshold           11  version (32) | state (8) | marks (8) | bucket (16)
 *  4  earliest start, Unix ns      12  older slot (32) | younger slot (32)
 *  5  latest end, Unix ns          13  on the wheel: slot before (32) | slot behind (32)
 *  6  first span seen              14  events
 *  7  last span seen               15  facts
 * </pre>
 *
 * <p>Wheel: Varghese and Lauck, "Hashed and hierarchical timing wheels", 1987, scheme 6. A slot is
 * not moved when spans arrive; its bucket asks anew when it comes up.
 */
final class Slots {
  static final int NONE = Rows.NONE;
  static final long TICK_NANOS = 50_000_000L;
  private static final int BUCKETS = 2048; // 102 s ahead; what is due later is placed again

  private static final int RANDOMNESS = 2;
  private static final int UPSTREAM = 3;
  private static final int START = 4;
  private static final int END = 5;
  private static final int FIRST_SEEN = 6;
  private static final int LAST_SEEN = 7;
  private static final int UNTIL = 8;
  private static final int RECORDS = 9;
  private static final int AMOUNT = 10;
  private static final int MARKS = 11;
  private static final int AGE = 12;
  private static final int WHEEL = 13;
  private static final int EVENTS = 14;
  private static final int FACTS = 15;

  private static final int NO_BUCKET = 0xffff;
  private static final int INDEXED = 1 << 16;
  private static final int ALONE = 1 << 17;
  private static final int STATE_SHIFT = 24;

  private final int factWords;
  private final Rows rows;
  private final int[] buckets = new int[BUCKETS];
  private long cursor = Long.MIN_VALUE; // tick of the bucket being emptied

  private final TraceIndex index;
  private int size;
  private final RowAges ages;

  Slots(int factWords) {
    this.factWords = factWords;
    rows = new Rows(FACTS + factWords, 8);
    index = new TraceIndex(rows);
    ages = new RowAges(rows, AGE);
    Arrays.fill(buckets, NONE);
  }

  /** Fragments that wait. */
  int size() {
    return size;
  }

  /** Bytes of memory, whether in use or not. */
  long bytes() {
    return rows.bytes() + index.bytes() + 4L * BUCKETS;
  }

  int oldest() {
    return ages.oldest();
  }

  /** The one that was opened next, or NONE. */
  int younger(int slot) {
    return ages.younger(slot);
  }

  int find(long high, long low) {
    return index.find(high, low);
  }

  /**
   * A new slot; the caller places it on the wheel.
   *
   * @param alone whether no other span can belong to it, so that none may find it
   */
  int open(
      long high, long low, long randomness, long upstream, int version, boolean alone, long now) {
    int slot = rows.take();
    long[] chunk = rows.chunk(slot);
    int at = rows.at(slot);
    chunk[at + Rows.TRACE_ID_HIGH] = high;
    chunk[at + Rows.TRACE_ID_LOW] = low;
    chunk[at + RANDOMNESS] = randomness;
    chunk[at + UPSTREAM] = upstream;
    chunk[at + START] = 0;
    chunk[at + END] = 0;
    chunk[at + FIRST_SEEN] = now;
    chunk[at + LAST_SEEN] = now;
    chunk[at + RECORDS] = Rows.pair(NONE, NONE);
    chunk[at + AMOUNT] = 0;
    chunk[at + EVENTS] = 0;
    chunk[at + MARKS] = Rows.pair(version, (alone ? ALONE : INDEXED) | NO_BUCKET);
    Arrays.fill(chunk, at + FACTS, at + FACTS + factWords, 0);
    size++;
    if (!alone) {
      index.add(slot);
    }
    ages.add(slot);
    return slot;
  }

  /** Takes the slot out of the index alone: its trace may get another one. */
  void forget(int slot) {
    int marks = rows.lower(slot, MARKS);
    if ((marks & INDEXED) != 0) {
      index.remove(slot);
      rows.setLower(slot, MARKS, marks & ~INDEXED);
    }
  }

  /** Takes the slot out of index, age and wheel: nobody finds it any more, the rest stays. */
  void detach(int slot) {
    unplace(slot);
    forget(slot);
    ages.remove(slot);
    size--;
  }

  /** Gives a detached slot back; its spans must have been released. */
  void release(int slot) {
    rows.release(slot);
  }

  /** Puts the slot where it will be looked at, not earlier than {@code due}. */
  void place(int slot, long due) {
    rows.set(slot, UNTIL, due);
    long tick = Math.ceilDiv(due, TICK_NANOS);
    if (cursor != Long.MIN_VALUE) {
      tick = Math.clamp(tick, cursor + 1, cursor + BUCKETS - 1);
    }
    int bucket = (int) Math.floorMod(tick, (long) BUCKETS);
    setBucket(slot, bucket);
    int behind = buckets[bucket];
    rows.set(slot, WHEEL, Rows.pair(NONE, behind));
    if (behind != NONE) {
      rows.setUpper(behind, WHEEL, slot);
    }
    buckets[bucket] = slot;
  }

  private void setBucket(int slot, int bucket) {
    rows.setLower(slot, MARKS, rows.lower(slot, MARKS) & ~0xffff | bucket);
  }

  /** Takes the slot off the wheel. */
  void unplace(int slot) {
    int bucket = rows.lower(slot, MARKS) & 0xffff;
    if (bucket == NO_BUCKET) {
      return;
    }
    int before = rows.upper(slot, WHEEL);
    int behind = rows.lower(slot, WHEEL);
    if (before == NONE) {
      buckets[bucket] = behind;
    } else {
      rows.setLower(before, WHEEL, behind);
    }
    if (behind != NONE) {
      rows.setUpper(behind, WHEEL, before);
    }
    setBucket(slot, NO_BUCKET);
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

  /** Appends a record to the fragment's list; the answer is the one before it, or NONE. */
  int append(int slot, int record, int bytes, int events, long now) {
    long[] chunk = rows.chunk(slot);
    int at = rows.at(slot);
    int tail = (int) chunk[at + RECORDS];
    int head = tail == NONE ? record : (int) (chunk[at + RECORDS] >>> 32);
    chunk[at + RECORDS] = Rows.pair(head, record);
    chunk[at + AMOUNT] += (1L << 32) + bytes;
    chunk[at + EVENTS] += events;
    chunk[at + LAST_SEEN] = now;
    return tail;
  }

  /** Widens the fragment's time to what a span took. */
  void extend(int slot, long start, long end) {
    long[] chunk = rows.chunk(slot);
    int at = rows.at(slot);
    if (chunk[at + START] == 0) {
      chunk[at + START] = start;
      chunk[at + END] = end;
    } else {
      chunk[at + START] = Math.min(chunk[at + START], start);
      chunk[at + END] = Math.max(chunk[at + END], end);
    }
  }

  void setState(int slot, int state) {
    int marks = rows.lower(slot, MARKS) & (1 << STATE_SHIFT) - 1;
    rows.setLower(slot, MARKS, marks | state << STATE_SHIFT);
  }

  int state(int slot) {
    return rows.lower(slot, MARKS) >>> STATE_SHIFT;
  }

  void setUntil(int slot, long until) {
    rows.set(slot, UNTIL, until);
  }

  long until(int slot) {
    return rows.get(slot, UNTIL);
  }

  long traceIdHigh(int slot) {
    return rows.get(slot, Rows.TRACE_ID_HIGH);
  }

  long traceIdLow(int slot) {
    return rows.get(slot, Rows.TRACE_ID_LOW);
  }

  long randomness(int slot) {
    return rows.get(slot, RANDOMNESS);
  }

  long upstream(int slot) {
    return rows.get(slot, UPSTREAM);
  }

  long startNanos(int slot) {
    return rows.get(slot, START);
  }

  long endNanos(int slot) {
    return rows.get(slot, END);
  }

  long firstSeen(int slot) {
    return rows.get(slot, FIRST_SEEN);
  }

  long lastSeen(int slot) {
    return rows.get(slot, LAST_SEEN);
  }

  /** Whether it is one span whose trace nobody can name. */
  boolean isAlone(int slot) {
    return (rows.lower(slot, MARKS) & ALONE) != 0;
  }

  int version(int slot) {
    return rows.upper(slot, MARKS);
  }

  int head(int slot) {
    return rows.upper(slot, RECORDS);
  }

  int spans(int slot) {
    return rows.upper(slot, AMOUNT);
  }

  long events(int slot) {
    return rows.get(slot, EVENTS);
  }

  int bytes(int slot) {
    return rows.lower(slot, AMOUNT);
  }

  /** The array that the slot's facts stand in. */
  long[] facts(int slot) {
    return rows.chunk(slot);
  }

  int factsOffset(int slot) {
    return rows.at(slot) + FACTS;
  }
}
