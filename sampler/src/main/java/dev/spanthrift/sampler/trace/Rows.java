package dev.spanthrift.sampler.trace;

import java.util.Arrays;

/**
 * Rows of a fixed number of longs, in chunks of 48 KiB or less that go when their last row is
 * released.
 *
 * <p>What is allocated follows what is used: new rows fill chunks that have room before another one
 * is made, and no more than {@link #SPARE_MAX} empty ones stay for the next. The first long of a
 * free row links it to the next free one of its chunk.
 */
final class Rows {
  static final int NONE = -1;
  static final int SPARE_MAX = 2;
  private static final int ARRAY_HEADER = 16;
  private static final long[] NOTHING = {};
  private static final int DIRECTORY_BYTES = 8 + 5 * 4; // of one chunk

  private final int width;
  private final int bits;
  private final int mask;

  // By chunk number.
  private long[][] chunks = new long[16][];
  private int[] used = new int[16];
  private int[] fresh = new int[16]; // rows never used so far
  private int[] free = new int[16];
  private int[] before = new int[16]; // of the chunks with room; links free numbers too
  private int[] after = new int[16];

  private final long[][] spare = new long[SPARE_MAX][];
  private int spares;
  private int roomy = NONE; // first chunk with room
  private int freeNumber = NONE;
  private int nextNumber;
  private int live;
  private int size;

  /**
   * @param bits 2^bits rows in a chunk
   */
  Rows(int width, int bits) {
    this.width = width;
    this.bits = bits;
    mask = (1 << bits) - 1;
  }

  /** A row with whatever was in it before. */
  int take() {
    int c = roomy == NONE ? open() : roomy;
    int row = free[c];
    if (row == NONE) {
      row = c << bits | fresh[c]++;
    } else {
      free[c] = (int) chunks[c][at(row)];
    }
    if (++used[c] > mask) {
      unlink(c);
    }
    size++;
    return row;
  }

  void release(int row) {
    int c = row >> bits;
    chunks[c][at(row)] = free[c];
    free[c] = row;
    size--;
    if (used[c]-- > mask) {
      link(c);
    }
    boolean others = before[c] != NONE || after[c] != NONE;
    if (used[c] == 0 && others) {
      drop(c);
    }
  }

  private int open() {
    int c = freeNumber;
    if (c == NONE) {
      if (nextNumber == used.length) {
        grow();
      }
      c = nextNumber++;
    } else {
      freeNumber = after[c];
    }
    chunks[c] = spares > 0 ? takeSpare() : new long[width << bits];
    used[c] = 0;
    fresh[c] = 0;
    free[c] = NONE;
    live++;
    link(c);
    return c;
  }

  private long[] takeSpare() {
    long[] chunk = spare[--spares];
    spare[spares] = NOTHING;
    return chunk;
  }

  private void drop(int c) {
    unlink(c);
    if (spares < SPARE_MAX) {
      spare[spares++] = chunks[c];
    }
    chunks[c] = NOTHING;
    after[c] = freeNumber;
    freeNumber = c;
    live--;
  }

  private void link(int c) {
    before[c] = NONE;
    after[c] = roomy;
    if (roomy != NONE) {
      before[roomy] = c;
    }
    roomy = c;
  }

  private void unlink(int c) {
    if (before[c] == NONE) {
      roomy = after[c];
    } else {
      after[before[c]] = after[c];
    }
    if (after[c] != NONE) {
      before[after[c]] = before[c];
    }
  }

  private void grow() {
    int capacity = used.length * 2;
    chunks = Arrays.copyOf(chunks, capacity);
    used = Arrays.copyOf(used, capacity);
    fresh = Arrays.copyOf(fresh, capacity);
    free = Arrays.copyOf(free, capacity);
    before = Arrays.copyOf(before, capacity);
    after = Arrays.copyOf(after, capacity);
  }

  /** Rows in use. */
  int size() {
    return size;
  }

  /** Bytes of all that is allocated. */
  long bytes() {
    long chunk = ((long) width << bits) * Long.BYTES + ARRAY_HEADER;
    return (live + spares) * chunk + (long) used.length * DIRECTORY_BYTES;
  }

  /** The array that a row stands in. */
  long[] chunk(int row) {
    return chunks[row >> bits];
  }

  /** Where in it the row begins. */
  int at(int row) {
    return (row & mask) * width;
  }

  long get(int row, int field) {
    return chunk(row)[at(row) + field];
  }

  void set(int row, int field, long value) {
    chunk(row)[at(row) + field] = value;
  }

  /** The upper 32 bits of a field. */
  int upper(int row, int field) {
    return (int) (get(row, field) >>> 32);
  }

  /** The lower 32 bits of a field. */
  int lower(int row, int field) {
    return (int) get(row, field);
  }

  void setUpper(int row, int field, int value) {
    long[] chunk = chunk(row);
    int at = at(row) + field;
    chunk[at] = (long) value << 32 | chunk[at] & 0xffffffffL;
  }

  void setLower(int row, int field, int value) {
    long[] chunk = chunk(row);
    int at = at(row) + field;
    chunk[at] = chunk[at] & ~0xffffffffL | value & 0xffffffffL;
  }

  static long pair(int upper, int lower) {
    return (long) upper << 32 | lower & 0xffffffffL;
  }
}
