package dev.spanthrift.sampler.trace;

import java.util.Arrays;

/**
 * Rows of a fixed number of longs, in chunks of 48 KiB or less that go when their last row is
 * released.
 *
 * <p>For tables of things that come and go. What is allocated follows what is used: new rows fill
 * chunks that have room before another one is made, and no more than {@link #SPARE_MAX} empty ones
 * stay for the next. The first long of a free row links it to the next free one of its chunk.
 */
public final class Rows {
  public static final int NONE = -1;

  /** Columns of rows that a {@link TraceIndex} finds. */
  public static final int TRACE_ID_HIGH = 0;

  public static final int TRACE_ID_LOW = 1;

  static final int SPARE_MAX = 2;
  private static final int FIRST_CHUNKS = 16;
  private static final int ARRAY_HEADER = 16;
  private static final long[] NOTHING = {};
  private static final int DIRECTORY_BYTES = 8 + 5 * 4; // of one chunk

  private final int width;
  private final int bits;
  private final int mask;

  // By chunk number.
  private long[][] chunks = new long[FIRST_CHUNKS][];
  private int[] used = new int[FIRST_CHUNKS];
  private int[] fresh = new int[FIRST_CHUNKS]; // rows never used so far
  private int[] free = new int[FIRST_CHUNKS];
  private int[] before = new int[FIRST_CHUNKS]; // of the chunks with room; links free numbers too
  private int[] after = new int[FIRST_CHUNKS];

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
  public Rows(int width, int bits) {
    this.width = width;
    this.bits = bits;
    mask = (1 << bits) - 1;
  }

  /** A row with whatever was in it before. */
  public int take() {
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

  public void release(int row) {
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

  /** Releases all rows; their chunks go, but for the spare ones. */
  public void clear() {
    for (int c = 0; c < nextNumber; c++) {
      if (chunks[c] != null && chunks[c].length > 0 && spares < SPARE_MAX) {
        spare[spares++] = chunks[c];
      }
      chunks[c] = NOTHING;
    }
    roomy = NONE;
    freeNumber = NONE;
    nextNumber = 0;
    live = 0;
    size = 0;
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
  public int size() {
    return size;
  }

  /** Bytes of all that is allocated. */
  public long bytes() {
    long chunk = ((long) width << bits) * Long.BYTES + ARRAY_HEADER;
    return (live + spares) * chunk + (long) used.length * DIRECTORY_BYTES;
  }

  /** Bytes that so many rows may take, none of them ever released. */
  static long bytesMax(int rows, int width, int bits) {
    long chunk = ((long) width << bits) * Long.BYTES + ARRAY_HEADER;
    long needed = (rows >> bits) + 1 + SPARE_MAX;
    long directory = Integer.highestOneBit((int) Math.max(FIRST_CHUNKS, needed)) * 2L;
    return needed * chunk + directory * DIRECTORY_BYTES;
  }

  /** The array that a row stands in. */
  public long[] chunk(int row) {
    return chunks[row >> bits];
  }

  /** Where in it the row begins. */
  public int at(int row) {
    return (row & mask) * width;
  }

  public long get(int row, int field) {
    return chunk(row)[at(row) + field];
  }

  public void set(int row, int field, long value) {
    chunk(row)[at(row) + field] = value;
  }

  /** The upper 32 bits of a field. */
  public int upper(int row, int field) {
    return (int) (get(row, field) >>> 32);
  }

  /** The lower 32 bits of a field. */
  public int lower(int row, int field) {
    return (int) get(row, field);
  }

  public void setUpper(int row, int field, int value) {
    long[] chunk = chunk(row);
    int at = at(row) + field;
    chunk[at] = (long) value << 32 | chunk[at] & 0xffffffffL;
  }

  public void setLower(int row, int field, int value) {
    long[] chunk = chunk(row);
    int at = at(row) + field;
    chunk[at] = chunk[at] & ~0xffffffffL | value & 0xffffffffL;
  }

  public static long pair(int upper, int lower) {
    return (long) upper << 32 | lower & 0xffffffffL;
  }
}
