package dev.spanthrift.sampler.trace;

import java.util.Arrays;

/**
 * Finds rows by trace id: open addressing over row numbers, without tombstones.
 *
 * <p>The ids stand in the first two longs of the rows, so that an entry is four bytes. Grows with
 * what is in it and shrinks after it; the bound is its owner's.
 */
public final class TraceIndex {
  public static final int NONE = Rows.NONE;

  private static final int LEAST = 512;

  private final Rows rows;
  private int[] table = new int[LEAST]; // row + 1
  private int entries;

  public TraceIndex(Rows rows) {
    this.rows = rows;
  }

  /** The row of a trace, or {@link #NONE}. */
  public int find(long high, long low) {
    int mask = table.length - 1;
    for (int at = place(high, low); ; at = (at + 1) & mask) {
      int row = table[at] - 1;
      if (row < 0) {
        return NONE;
      }
      long[] chunk = rows.chunk(row);
      int from = rows.at(row);
      if (chunk[from + Rows.TRACE_ID_LOW] == low && chunk[from + Rows.TRACE_ID_HIGH] == high) {
        return row;
      }
    }
  }

  private int place(long high, long low) {
    long mixed = (low ^ Long.rotateLeft(high, 32)) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32) & (table.length - 1);
  }

  private int placeOf(int row) {
    return place(rows.get(row, Rows.TRACE_ID_HIGH), rows.get(row, Rows.TRACE_ID_LOW));
  }

  /** Adds a row whose trace is not in it yet. */
  public void add(int row) {
    if (++entries * 2 > table.length) {
      rebuild(table.length * 2);
    }
    put(row);
  }

  private void put(int row) {
    int mask = table.length - 1;
    int at = placeOf(row);
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = row + 1;
  }

  private void rebuild(int capacity) {
    int[] from = table;
    table = new int[capacity];
    for (int entry : from) {
      if (entry != 0) {
        put(entry - 1);
      }
    }
  }

  /** Takes out a row that is in it: what follows moves back into the gap. */
  public void remove(int row) {
    int mask = table.length - 1;
    int at = placeOf(row);
    while (table[at] != row + 1) {
      at = (at + 1) & mask;
    }
    int gap = at;
    while (true) {
      at = (at + 1) & mask;
      int entry = table[at];
      if (entry == 0) {
        break;
      }
      if (((at - placeOf(entry - 1)) & mask) >= ((at - gap) & mask)) {
        table[gap] = entry;
        gap = at;
      }
    }
    table[gap] = 0;
    entries--;
    if (table.length > LEAST && entries * 16 < table.length) {
      rebuild(table.length / 4);
    }
  }

  /** Takes out all. */
  public void clear() {
    if (table.length > LEAST && entries * 16 < table.length) {
      table = new int[table.length / 4];
    } else {
      Arrays.fill(table, 0);
    }
    entries = 0;
  }

  /** Bytes of memory, whether in use or not. */
  public long bytes() {
    return (long) Integer.BYTES * table.length;
  }

  /** Bytes that so many rows may take. */
  public static long bytesMax(int rows) {
    return Integer.BYTES * 2L * Integer.highestOneBit(Math.max(LEAST, rows * 2 - 1));
  }
}
