package dev.spanthrift.sampler.trace;

import java.util.Arrays;

/**
 * What was decided of traces that are gone, so that late spans follow.
 *
 * <p>Two generations of a fixed number of entries each: when the young one is full, the old one is
 * forgotten and they change places. So between {@code tracesMax} and twice as many are remembered.
 * Tables grow with what is in them, to at most {@link #bytesMax}.
 */
public final class DecisionMemory {
  /** Answers of {@link #find}, beside thresholds, which are never negative. */
  public static final long UNKNOWN = -1;

  public static final long DROPPED = -2;

  /** Kept whole by a rule: spans leave as they are. */
  public static final long KEPT_UNCHANGED = -3;

  /** More are not remembered. */
  public static final int TRACES_MAX = 1 << 24;

  private static final int WIDTH = 3;
  private static final int LEAST_CAPACITY = 1024;

  private final int tracesMax;
  private long[] young;
  private long[] old;
  private int youngSize;

  public DecisionMemory(int tracesMax) {
    if (tracesMax < 0 || tracesMax > TRACES_MAX) {
      throw new IllegalArgumentException("traces remembered " + tracesMax + ": 0 to 2^24");
    }
    this.tracesMax = tracesMax;
    int capacity = Math.min(LEAST_CAPACITY, capacity(tracesMax));
    young = new long[capacity * WIDTH];
    old = new long[capacity * WIDTH];
  }

  /** A power of two, at most half of which is ever used. */
  private static int capacity(int traces) {
    return Integer.highestOneBit(Math.max(8, traces) * 2 - 1) * 2;
  }

  /** Bytes that so many traces may take. */
  public static long bytesMax(int traces) {
    return 2L * capacity(traces) * WIDTH * Long.BYTES;
  }

  /** Bytes of memory now. */
  public long bytes() {
    return (long) (young.length + old.length) * Long.BYTES;
  }

  /** Remembers a threshold, {@link #DROPPED} or {@link #KEPT_UNCHANGED}. */
  public void remember(long traceIdHigh, long traceIdLow, long decision) {
    if (tracesMax == 0) {
      return;
    }
    if (youngSize >= tracesMax) {
      turn();
    } else if (youngSize * 2 * WIDTH >= young.length) {
      grow();
    }
    int at = locate(young, traceIdHigh, traceIdLow);
    if ((young[at] | young[at + 1]) == 0) {
      youngSize++;
    }
    young[at] = traceIdHigh;
    young[at + 1] = traceIdLow;
    young[at + 2] = decision;
  }

  private void turn() {
    long[] forgotten = old;
    old = young;
    youngSize = 0;
    if (forgotten.length == young.length) {
      Arrays.fill(forgotten, 0);
      young = forgotten;
    } else {
      young = new long[old.length];
    }
  }

  private void grow() {
    long[] from = young;
    young = new long[from.length * 2];
    for (int at = 0; at < from.length; at += WIDTH) {
      if ((from[at] | from[at + 1]) != 0) {
        System.arraycopy(from, at, young, locate(young, from[at], from[at + 1]), WIDTH);
      }
    }
  }

  /** A threshold, or one of the constants. */
  public long find(long traceIdHigh, long traceIdLow) {
    int at = locate(young, traceIdHigh, traceIdLow);
    if ((young[at] | young[at + 1]) != 0) {
      return young[at + 2];
    }
    at = locate(old, traceIdHigh, traceIdLow);
    return (old[at] | old[at + 1]) != 0 ? old[at + 2] : UNKNOWN;
  }

  /** Where the trace stands or could stand; a trace id is never all zero. */
  private static int locate(long[] table, long high, long low) {
    int capacity = table.length / WIDTH;
    int at = (int) ((low ^ high) * 0x9e3779b97f4a7c15L >>> 33) & (capacity - 1);
    while (true) {
      int entry = at * WIDTH;
      boolean empty = (table[entry] | table[entry + 1]) == 0;
      if (empty || (table[entry] == high && table[entry + 1] == low)) {
        return entry;
      }
      at = (at + 1) & (capacity - 1);
    }
  }
}
