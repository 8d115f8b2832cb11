package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.estimate.ErrorBars;
import dev.spanthrift.sampler.estimate.OperationEstimate;
import java.util.Arrays;

/**
 * How long all spans of each operation took: what estimates are held against.
 *
 * <p>Gives the count and quantiles of {@link ErrorBars}, without their errors. Of all spans there
 * are many times more than of the kept ones, and ordering them three times over, row by row, was a
 * third of a simulation. Where each stands for one, numbers are sorted; else it asks ErrorBars.
 */
final class SpanDurations {
  private static final double EPSILON = 1e-12; // as in ErrorBars

  private final int spansMax;
  private int size;
  private int operations;
  private int[] operation = new int[1024];
  private long[] duration = new long[1024];
  private float[] weight = new float[0]; // empty while all are 1
  private long refused;
  private int[] firstOf = new int[0];
  private int[] rows = new int[0]; // of each operation, built once all spans are in

  /**
   * @param count of all spans, as others before us counted them
   * @param p50 nanoseconds; likewise the others
   */
  record Measured(double count, double p50, double p95, double p99) {
    static final Measured NONE = new Measured(0, 0, 0, 0);
  }

  /**
   * @param spansMax what comes above is not taken and counted: 12 bytes each, 16 where weights
   *     differ
   */
  SpanDurations(int spansMax) {
    this.spansMax = spansMax;
  }

  void add(int operationId, long durationNanos, double adjustedCount) {
    if (size == spansMax) {
      refused++;
      return;
    }
    if (size == operation.length) {
      int capacity = Math.min(spansMax, size * 2);
      operation = Arrays.copyOf(operation, capacity);
      duration = Arrays.copyOf(duration, capacity);
    }
    if (adjustedCount != 1 && weight.length == 0) {
      weight = new float[operation.length];
      Arrays.fill(weight, 0, size, 1);
    }
    if (weight.length > 0) {
      weight = weight.length == operation.length ? weight : Arrays.copyOf(weight, operation.length);
      weight[size] = (float) adjustedCount;
    }
    operation[size] = operationId;
    duration[size++] = durationNanos;
    operations = Math.max(operations, operationId + 1);
  }

  /** Spans that were not taken; when there are any, the rest means nothing. */
  long refused() {
    return refused;
  }

  /** Sum of the weights of an operation. */
  double count(int operationId) {
    group();
    if (operationId >= operations) {
      return 0;
    }
    if (weight.length == 0) {
      return firstOf[operationId + 1] - firstOf[operationId];
    }
    double sum = 0;
    for (int at = firstOf[operationId]; at < firstOf[operationId + 1]; at++) {
      sum += weight[rows[at]];
    }
    return sum;
  }

  Measured of(int operationId) {
    group();
    if (operationId >= operations || firstOf[operationId] == firstOf[operationId + 1]) {
      return Measured.NONE;
    }
    return weight.length == 0 ? sorted(operationId) : weighed(operationId);
  }

  private Measured sorted(int operationId) {
    long[] all = new long[firstOf[operationId + 1] - firstOf[operationId]];
    for (int i = 0; i < all.length; i++) {
      all[i] = duration[rows[firstOf[operationId] + i]];
    }
    Arrays.sort(all);
    return new Measured(all.length, at(all, 0.50), at(all, 0.95), at(all, 0.99));
  }

  /** The least duration at which that part of all is reached. */
  private static double at(long[] sorted, double level) {
    int place = (int) Math.ceil(level * sorted.length * (1 - EPSILON)) - 1;
    return sorted[Math.clamp(place, 0, sorted.length - 1)];
  }

  private Measured weighed(int operationId) {
    ErrorBars one = new ErrorBars(spansMax);
    for (int at = firstOf[operationId]; at < firstOf[operationId + 1]; at++) {
      one.add(0, at, duration[rows[at]], weight[rows[at]]);
    }
    OperationEstimate all = one.of(0);
    return new Measured(
        all.count().estimate(), all.p50().estimate(), all.p95().estimate(), all.p99().estimate());
  }

  private void group() {
    if (rows.length == size && firstOf.length == operations + 1) {
      return;
    }
    firstOf = new int[operations + 1];
    for (int row = 0; row < size; row++) {
      firstOf[operation[row] + 1]++;
    }
    for (int i = 0; i < operations; i++) {
      firstOf[i + 1] += firstOf[i];
    }
    int[] next = firstOf.clone();
    rows = new int[size];
    for (int row = 0; row < size; row++) {
      rows[next[operation[row]]++] = row;
    }
  }
}
