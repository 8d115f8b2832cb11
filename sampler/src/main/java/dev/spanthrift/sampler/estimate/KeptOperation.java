package dev.spanthrift.sampler.estimate;

import org.jspecify.annotations.Nullable;

/**
 * What is kept of one operation since start, and what a reader of it says of all.
 *
 * @param bytes of kept spans
 * @param probabilityMin the smallest that a kept span had; 1 where none is kept
 * @param count estimate of all spans that there were; likewise of all errors
 * @param p50 estimate of durations, nanoseconds; null where nothing is kept; likewise the others
 */
public record KeptOperation(
    String service,
    String operation,
    long spans,
    long errors,
    long bytes,
    double probabilityMin,
    Interval count,
    Interval errorCount,
    @Nullable Interval p50,
    @Nullable Interval p95,
    @Nullable Interval p99) {
  /** Nothing is kept of it. */
  public static KeptOperation none(String service, String operation) {
    return new KeptOperation(
        service, operation, 0, 0, 0, 1, Interval.UNKNOWN, Interval.UNKNOWN, null, null, null);
  }
}
