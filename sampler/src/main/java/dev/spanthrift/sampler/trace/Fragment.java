package dev.spanthrift.sampler.trace;

import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.wire.Scratch;
import java.util.Arrays;

/**
 * This pod's part of one trace, as dense columns: what signal, budget and policy decide on.
 *
 * <p>A flyweight: one instance is filled again and again, and is valid only during the call that
 * receives it. Holds no span bytes.
 */
public final class Fragment {
  /** Bits of {@link #flags}. */
  public static final int ERROR = 1;

  /** The span has no parent, or is SERVER or CONSUMER, or its parent is marked remote. */
  public static final int LOCAL_ROOT = 2;

  /** The span has a parent, but an id that names none: it is no root, and nobody is its parent. */
  public static final int PARENT_UNKNOWN = 4;

  private static final int LEAST_ROWS = 16;
  private static final int ROW_BYTES = 3 * Long.BYTES + 3 * Integer.BYTES;

  private long traceIdHigh;
  private long traceIdLow;
  private long randomness;
  private long upstreamThreshold;
  private int size;
  private long bytes;
  private long startNanos;
  private long endNanos;
  private boolean error;
  private boolean rooted;

  private long[] spanIds = new long[LEAST_ROWS];
  private long[] parentSpanIds = new long[LEAST_ROWS];
  private long[] durations = new long[LEAST_ROWS];
  private int[] operations = new int[LEAST_ROWS];
  private int[] signatures = new int[LEAST_ROWS];
  private int[] flags = new int[LEAST_ROWS];

  /**
   * A fragment of which only the sums are known, and no span: for conditions about a trace that are
   * asked again.
   */
  public static Fragment ofSums(
      long traceIdHigh,
      long traceIdLow,
      long randomness,
      int spans,
      long bytes,
      long durationNanos,
      boolean error,
      boolean rooted) {
    Fragment sums = new Fragment().begin(traceIdHigh, traceIdLow, randomness);
    sums.size = spans;
    sums.bytes = bytes;
    sums.setTimes(0, durationNanos);
    sums.error = error;
    sums.rooted = rooted;
    return sums;
  }

  /** Empties it for the next fragment. */
  public Fragment begin(long traceIdHigh, long traceIdLow, long randomness) {
    this.traceIdHigh = traceIdHigh;
    this.traceIdLow = traceIdLow;
    this.randomness = randomness;
    upstreamThreshold = -1;
    if (spanIds.length > Scratch.ROWS_KEPT) {
      resize(LEAST_ROWS);
    }
    size = 0;
    bytes = 0;
    startNanos = Long.MAX_VALUE;
    endNanos = Long.MIN_VALUE;
    error = false;
    rooted = false;
    return this;
  }

  /**
   * Adds one span.
   *
   * @param parentSpanId 0 when there is none
   * @param durationNanos end − start; 0 when a time is missing or the clock ran backwards
   * @param operation id from the operations table
   * @param signature id of the error signature, 0 when the span has no error
   * @param spanBytes encoded size with tag and length
   */
  public void add(
      long spanId,
      long parentSpanId,
      long spanStartNanos,
      long durationNanos,
      int operation,
      int signature,
      int spanFlags,
      int spanBytes) {
    if (size == spanIds.length) {
      resize(Scratch.grown(size, size + 1));
    }
    spanIds[size] = spanId;
    parentSpanIds[size] = parentSpanId;
    durations[size] = durationNanos;
    operations[size] = operation;
    signatures[size] = signature;
    flags[size] = spanFlags;
    size++;
    bytes += spanBytes;
    error |= (spanFlags & ERROR) != 0;
    rooted |= isRoot(size - 1);
    if (spanStartNanos != 0) {
      startNanos = Math.min(startNanos, spanStartNanos);
      endNanos = Math.max(endNanos, spanStartNanos + durationNanos);
    }
  }

  /** Sets earliest start and latest end, where spans were added without a start; 0 when unknown. */
  public void setTimes(long earliestStartNanos, long latestEndNanos) {
    startNanos = earliestStartNanos;
    endNanos = latestEndNanos;
  }

  /** Sets the threshold that the trace came with. */
  public void setUpstreamThreshold(long threshold) {
    upstreamThreshold = threshold;
  }

  private void resize(int capacity) {
    spanIds = Arrays.copyOf(spanIds, capacity);
    parentSpanIds = Arrays.copyOf(parentSpanIds, capacity);
    durations = Arrays.copyOf(durations, capacity);
    operations = Arrays.copyOf(operations, capacity);
    signatures = Arrays.copyOf(signatures, capacity);
    flags = Arrays.copyOf(flags, capacity);
  }

  public long traceIdHigh() {
    return traceIdHigh;
  }

  public long traceIdLow() {
    return traceIdLow;
  }

  /** 56 bits, from {@code rv} or the trace id. */
  public long randomness() {
    return randomness;
  }

  /** Threshold of whoever sampled before us; −1 when unknown. */
  public long upstreamThreshold() {
    return upstreamThreshold;
  }

  /** The same, unless it contradicts the randomness: then nobody can have kept the trace by it. */
  public long trustedUpstreamThreshold() {
    return upstreamThreshold > randomness ? Threshold.UNKNOWN : upstreamThreshold;
  }

  /** Number of spans. */
  public int size() {
    return size;
  }

  /** Sum of the spans' encoded bytes. */
  public long bytes() {
    return bytes;
  }

  /** Latest end − earliest start; 0 when no span has a time. */
  public long durationNanos() {
    return endNanos > startNanos ? endNanos - startNanos : 0;
  }

  /** Whether any span has status ERROR. */
  public boolean hasError() {
    return error;
  }

  /** Whether the trace's root is among the spans. */
  public boolean isRooted() {
    return rooted;
  }

  /** Bytes of the columns, which stay for the next fragment. */
  public long bytesHeld() {
    return (long) ROW_BYTES * spanIds.length;
  }

  public long spanId(int i) {
    return spanIds[i];
  }

  public long parentSpanId(int i) {
    return parentSpanIds[i];
  }

  public long durationNanos(int i) {
    return durations[i];
  }

  public int operation(int i) {
    return operations[i];
  }

  public int signature(int i) {
    return signatures[i];
  }

  public boolean isError(int i) {
    return (flags[i] & ERROR) != 0;
  }

  /** Whether the span has no parent: the one place that says so of a fragment's spans. */
  public boolean isRoot(int i) {
    return parentSpanIds[i] == 0 && (flags[i] & PARENT_UNKNOWN) == 0;
  }

  public boolean isLocalRoot(int i) {
    return (flags[i] & LOCAL_ROOT) != 0;
  }
}
