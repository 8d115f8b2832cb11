package dev.spanthrift.sampler.estimate;

/**
 * What kept spans say of one operation.
 *
 * @param operation id that the spans were added under
 * @param spans kept
 * @param traces that they belong to: the number of independent examples
 * @param count of all spans that there were
 * @param p50 of durations, nanoseconds; likewise the others
 */
public record OperationEstimate(
    int operation,
    int spans,
    int traces,
    Interval count,
    Interval p50,
    Interval p95,
    Interval p99) {}
