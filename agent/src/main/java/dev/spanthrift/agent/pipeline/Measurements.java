package dev.spanthrift.agent.pipeline;

import dev.spanthrift.sampler.wire.Batch;

/**
 * Rate, errors and durations of everything received, before anything is dropped: exact.
 *
 * <p>For the process as a whole. Durations fall into buckets by powers of two of nanoseconds:
 * bucket i holds [2^(i−1), 2^i). Written under the pipeline's lock.
 */
public final class Measurements {
  private static final int BUCKETS = 64;

  private long spans;
  private long errors;
  private final long[] durations = new long[BUCKETS];
  private double durationSumNanos;

  void measure(Batch batch) {
    int size = batch.size();
    spans += size;
    for (int row = 0; row < size; row++) {
      if (batch.isError(row)) {
        errors++;
      }
      long duration = batch.durationNanos(row);
      durations[Math.min(BUCKETS - 1, 64 - Long.numberOfLeadingZeros(duration))]++;
      durationSumNanos += duration;
    }
  }

  public long spans() {
    return spans;
  }

  public long errors() {
    return errors;
  }

  public double durationSumNanos() {
    return durationSumNanos;
  }

  /** A copy. */
  public long[] durationBuckets() {
    return durations.clone();
  }
}
