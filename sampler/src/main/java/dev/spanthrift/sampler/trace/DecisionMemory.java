package dev.spanthrift.sampler.trace;

/**
 * What was decided of traces that are gone, so that late spans follow.
 *
 * <p>Two generations of a fixed number of entries each: when the young one is full, the old one is
 * forgotten and they change places. So between {@code tracesMax} and twice as many are remembered,
 * and memory never grows. 24 bytes an entry.
 */
public final class DecisionMemory {
  /** Answers of {@link #find}, beside thresholds, which are never negative. */
  public static final long UNKNOWN = -1;

  public static final long DROPPED = -2;

  /** Kept whole by a rule: spans leave as they are. */
  public static final long KEPT_UNCHANGED = -3;

  private final int tracesMax;
  private long[] young;
  private long[] old;
  private int youngSize;

  public DecisionMemory(int tracesMax) {
    if (tracesMax < 0 || tracesMax > 1 << 24) {
      throw new IllegalArgumentException("traces remembered " + tracesMax + ": 0 to 2^24");
    }
    this.tracesMax = tracesMax;
    int capacity = Integer.highestOneBit(Math.max(8, tracesMax)) * 4;
    young = new long[capacity * 3];
    old = new long[capacity * 3];
  }

  /** Remembers a threshold, {@link #DROPPED} or {@link #KEPT_UNCHANGED}. */
  public void remember(long traceIdHigh, long traceIdLow, long decision) {
    if (tracesMax == 0) {
      return;
    }
    if (youngSize >= tracesMax) {
      long[] forgotten = old;
      old = young;
      java.util.Arrays.fill(forgotten, 0);
      young = forgotten;
      youngSize = 0;
    }
    int at = locate(young, traceIdHigh, traceIdLow);
    if ((young[at] | young[at + 1]) == 0) {
      youngSize++;
    }
    young[at] = traceIdHigh;
    young[at + 1] = traceIdLow;
    young[at + 2] = decision;
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
    int capacity = table.length / 3;
    int at = (int) ((low ^ high) * 0x9e3779b97f4a7c15L >>> 33) & (capacity - 1);
    while (true) {
      int entry = at * 3;
      boolean empty = (table[entry] | table[entry + 1]) == 0;
      if (empty || (table[entry] == high && table[entry + 1] == low)) {
        return entry;
      }
      at = (at + 1) & (capacity - 1);
    }
  }
}
