package dev.spanthrift.sampler.signal;

/**
 * Rate, errors and durations of one operation since start, counted before sampling.
 *
 * <p>Durations stand in an OpenTelemetry exponential histogram of {@link OperationMeasures#SCALE}:
 * bucket i holds those in (2^(i/4), 2^((i+1)/4)] nanoseconds.
 *
 * @param service its service's name
 * @param operation template of its name
 * @param bytes encoded ones of its spans
 * @param zeros spans of no duration, which no bucket holds
 * @param offset index of the first bucket
 */
public record MeasuredOperation(
    String service,
    String operation,
    long spans,
    long errors,
    long bytes,
    double durationSumNanos,
    long zeros,
    int offset,
    long[] buckets) {

  /** Spans that took at most 2^{@code exponent} nanoseconds. */
  public long within(int exponent) {
    long sum = zeros;
    int end = Math.min(buckets.length, exponent * OperationMeasures.STEPS - offset);
    for (int i = 0; i < end; i++) {
      sum += buckets[i];
    }
    return sum;
  }
}
