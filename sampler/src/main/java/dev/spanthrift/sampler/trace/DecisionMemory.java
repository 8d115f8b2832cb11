package dev.spanthrift.sampler.trace;

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

  private static final int DECISION = 2;
  private static final int WIDTH = 3;
  private static final int CHUNK_BITS = 8;

  /** Decisions made between two turns. */
  private static final class Generation {
    final Rows rows = new Rows(WIDTH, CHUNK_BITS);
    final TraceIndex index = new TraceIndex(rows);

    long bytes() {
      return rows.bytes() + index.bytes();
    }

    void clear() {
      index.clear();
      rows.clear();
    }
  }

  private final int tracesMax;
  private Generation young = new Generation();
  private Generation old = new Generation();
  private long forgotten;

  public DecisionMemory(int tracesMax) {
    if (tracesMax < 0 || tracesMax > TRACES_MAX) {
      throw new IllegalArgumentException("traces remembered " + tracesMax + ": 0 to 2^24");
    }
    this.tracesMax = tracesMax;
  }

  /** Bytes that so many traces may take. */
  public static long bytesMax(int traces) {
    return 2 * (Rows.bytesMax(traces, WIDTH, CHUNK_BITS) + TraceIndex.bytesMax(traces));
  }

  /** Bytes of memory now. */
  public long bytes() {
    return young.bytes() + old.bytes();
  }

  /** Remembers a threshold, {@link #DROPPED} or {@link #KEPT_UNCHANGED}. */
  public void remember(long traceIdHigh, long traceIdLow, long decision) {
    if (tracesMax == 0) {
      return;
    }
    if (young.rows.size() >= tracesMax) {
      turn();
    }
    int row = young.index.find(traceIdHigh, traceIdLow);
    if (row == Rows.NONE) {
      row = young.rows.take();
      young.rows.set(row, Rows.TRACE_ID_HIGH, traceIdHigh);
      young.rows.set(row, Rows.TRACE_ID_LOW, traceIdLow);
      young.index.add(row);
    }
    young.rows.set(row, DECISION, decision);
  }

  private void turn() {
    Generation oldest = old;
    forgotten += oldest.rows.size();
    old = young;
    young = oldest;
    young.clear();
  }

  /** Traces whose decision was given up for newer ones, since start. */
  public long forgotten() {
    return forgotten;
  }

  /** A threshold, or one of the constants. */
  public long find(long traceIdHigh, long traceIdLow) {
    int row = young.index.find(traceIdHigh, traceIdLow);
    if (row != Rows.NONE) {
      return young.rows.get(row, DECISION);
    }
    row = old.index.find(traceIdHigh, traceIdLow);
    return row == Rows.NONE ? UNKNOWN : old.rows.get(row, DECISION);
  }
}
