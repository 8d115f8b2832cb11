package dev.spanthrift.sampler.trace;

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

  private static final int ROWS_KEPT = 16_384; // larger columns are let go with their fragment

  private long traceIdHigh;
  private long traceIdLow;
  private long randomness;
  private long upstreamThreshold;
  private int size;
  private long bytes;
  private long startNanos;
  private long endNanos;
  private boolean error;

  private long[] spanIds = new long[16];
  private long[] parentSpanIds = new long[16];
  private long[] durations = new long[16];
  private int[] operations = new int[16];
  private int[] signatures = new int[16];
  private int[] flags = new int[16];

  /** Empties it for the next fragment. */
  public Fragment begin(long traceIdHigh, long traceIdLow, long randomness) {
    this.traceIdHigh = traceIdHigh;
    this.traceIdLow = traceIdLow;
    this.randomness = randomness;
    upstreamThreshold = -1;
    if (spanIds.length > ROWS_KEPT) {
      resize(16);
    }
    size = 0;
    bytes = 0;
    startNanos = Long.MAX_VALUE;
    endNanos = Long.MIN_VALUE;
    error = false;
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
      resize(size * 2);
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

  public boolean isLocalRoot(int i) {
    return (flags[i] & LOCAL_ROOT) != 0;
  }
}
