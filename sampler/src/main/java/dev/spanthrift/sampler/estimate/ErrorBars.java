package dev.spanthrift.sampler.estimate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Estimates each operation's count and duration quantiles from kept spans and their adjusted
 * counts, with the standard errors that a reader has to reckon with.
 *
 * <p>A trace is kept or dropped as one, so its spans are one cluster. Two pieces of it, kept with
 * adjusted counts u ≤ v by the same randomness, are both kept with probability 1/v, and the
 * Horvitz–Thompson estimate of the variance of Σ w·e is
 *
 * <pre>Σ_traces Σ_i Σ_j max(w_i, w_j) · (min(w_i, w_j) − 1) · e_i · e_j</pre>
 *
 * that is w(w−1)·n² for n spans of one adjusted count w. For a count e = 1. A quantile q at level t
 * is found in the weighted durations; its error by Woodruff's method (JASA 47, 1952): the estimated
 * distribution function at q is a ratio, its variance the one above with e = (1[d ≤ q] − t) /
 * count; the interval t ± 1.96 errors is carried back to durations. The standard error given is the
 * interval's half width / 1.96. An end is unknown when too few traces are kept for one to exist
 * whatever the distribution: n independent examples bound the quantile from above with 97.5 % only
 * if level^n ≤ 2.5 % (367 for p99, 72 for p95), where n is the effective number of traces, (Σ w)² /
 * Σ w², divided by 1 − the part that is kept.
 *
 * <p>With some 200 effective traces the intervals of counts and p50 cover the truth in 95 % of
 * runs, those of p95 in 90 %.
 *
 * <p>Grows to {@code spansMax}; what comes above is not taken and counted. Not thread-safe.
 */
public final class ErrorBars {
  private static final double EPSILON = 1e-12;
  private static final double ONE_SIDE = 0.025;

  private final int spansMax;
  private int size;
  private int operations;
  private int[] operation = new int[1024];
  private int[] trace = new int[1024];
  private long[] duration = new long[1024];
  private float[] weight = new float[1024];
  private long refused;

  // One operation's rows, filled by select.
  private int[] rows = new int[0];
  private int selected;
  private final IndexSort sort = new IndexSort();

  // Rows of each operation, built once all spans are in.
  private int[] byOperation = new int[0];
  private int[] firstOf = new int[0];

  public ErrorBars(int spansMax) {
    this.spansMax = spansMax;
  }

  /**
   * Adds one kept span.
   *
   * @param operationId small and dense
   * @param traceIndex equal for the spans of a trace
   * @param adjustedCount how many spans it stands for, at least 1
   */
  public void add(int operationId, int traceIndex, long durationNanos, double adjustedCount) {
    if (size == spansMax) {
      refused++;
      return;
    }
    if (size == operation.length) {
      int capacity = Math.min(spansMax, size * 2);
      operation = Arrays.copyOf(operation, capacity);
      trace = Arrays.copyOf(trace, capacity);
      duration = Arrays.copyOf(duration, capacity);
      weight = Arrays.copyOf(weight, capacity);
    }
    operation[size] = operationId;
    trace[size] = traceIndex;
    duration[size] = durationNanos;
    weight[size++] = (float) adjustedCount;
    operations = Math.max(operations, operationId + 1);
  }

  /** Spans that were not taken; when there are any, estimates mean nothing. */
  public long refused() {
    return refused;
  }

  /** Sum of the adjusted counts of an operation: all that there were, when all are in. */
  public double count(int operationId) {
    select(operationId);
    double sum = 0;
    for (int i = 0; i < selected; i++) {
      sum += weight[rows[i]];
    }
    return sum;
  }

  /** Estimates one operation. */
  public OperationEstimate of(int operationId) {
    select(operationId);
    if (selected == 0) {
      Interval none = Interval.UNKNOWN;
      return new OperationEstimate(operationId, 0, 0, none, none, none, none);
    }
    int[] clustered = Arrays.copyOf(rows, selected);
    sort.sort(clustered, selected, (a, b) -> Float.compare(weight[a], weight[b]));
    sort.sort(clustered, selected, (a, b) -> Integer.compare(trace[a], trace[b]));
    sort.sort(rows, selected, (a, b) -> Long.compare(duration[a], duration[b]));
    double count = sumOfWeights();
    Interval counted = Interval.around(count, Math.sqrt(variance(clustered, -1, 0)));
    return new OperationEstimate(
        operationId,
        selected,
        traces(clustered),
        counted,
        quantile(clustered, count, 0.50),
        quantile(clustered, count, 0.95),
        quantile(clustered, count, 0.99));
  }

  private double sumOfWeights() {
    double sum = 0;
    for (int i = 0; i < selected; i++) {
      sum += weight[rows[i]];
    }
    return sum;
  }

  private int traces(int[] clustered) {
    int count = 1;
    for (int i = 1; i < clustered.length; i++) {
      count += trace[clustered[i]] == trace[clustered[i - 1]] ? 0 : 1;
    }
    return count;
  }

  private Interval quantile(int[] clustered, double count, double level) {
    double at = durationAt(level * count);
    double error = Math.sqrt(variance(clustered, at, level)) / count;
    if (error < EPSILON) {
      return new Interval(at, 0.0, at, at);
    }
    double half = Interval.Z * error;
    double examples = effectiveTraces(clustered, count) / Math.max(EPSILON, 1 - selected / count);
    @Nullable Double low =
        level > half && bounds(1 - level, examples) ? durationAt((level - half) * count) : null;
    @Nullable Double high =
        level + half < 1 && bounds(level, examples) ? durationAt((level + half) * count) : null;
    return new Interval(at, standardError(at, low, high), low, high);
  }

  /** Whether so many examples bound the quantile from above. */
  private static boolean bounds(double level, double examples) {
    return examples * -Math.log(level) >= -Math.log(ONE_SIDE);
  }

  private static @Nullable Double standardError(
      double at, @Nullable Double low, @Nullable Double high) {
    if (high == null) {
      return null;
    }
    return low == null ? (high - at) / Interval.Z : (high - low) / (2 * Interval.Z);
  }

  private double effectiveTraces(int[] clustered, double count) {
    double squares = 0;
    double ofTrace = 0;
    for (int i = 0; i < clustered.length; i++) {
      if (i > 0 && trace[clustered[i]] != trace[clustered[i - 1]]) {
        squares += ofTrace * ofTrace;
        ofTrace = 0;
      }
      ofTrace += weight[clustered[i]];
    }
    return count * count / (squares + ofTrace * ofTrace);
  }

  /** The least kept duration at which the adjusted counts reach a sum. */
  private double durationAt(double sum) {
    double reached = 0;
    for (int i = 0; i < selected; i++) {
      reached += weight[rows[i]];
      if (reached >= sum * (1 - EPSILON)) {
        return duration[rows[i]];
      }
    }
    return duration[rows[selected - 1]];
  }

  /**
   * Estimated variance of Σ w·e.
   *
   * @param clustered rows by trace and in it by adjusted count: then Σ_i Σ_j of a trace is one pass
   * @param at e = 1[duration ≤ at] − level; e = 1 when negative
   */
  private double variance(int[] clustered, double at, double level) {
    double variance = 0;
    double lighter = 0; // Σ (w − 1)·e over the trace's rows before this one
    for (int i = 0; i < clustered.length; i++) {
      int row = clustered[i];
      if (i > 0 && trace[row] != trace[clustered[i - 1]]) {
        lighter = 0;
      }
      double w = weight[row];
      double e = at < 0 ? 1 : (duration[row] <= at ? 1 : 0) - level;
      variance += w * e * ((w - 1) * e + 2 * lighter);
      lighter += (w - 1) * e;
    }
    return Math.max(0, variance);
  }

  private void select(int operationId) {
    if (byOperation.length != size) {
      group();
    }
    selected = 0;
    if (operationId >= operations) {
      return;
    }
    selected = firstOf[operationId + 1] - firstOf[operationId];
    if (rows.length < selected) {
      rows = new int[selected];
    }
    System.arraycopy(byOperation, firstOf[operationId], rows, 0, selected);
  }

  private void group() {
    firstOf = new int[operations + 1];
    for (int row = 0; row < size; row++) {
      firstOf[operation[row] + 1]++;
    }
    for (int i = 0; i < operations; i++) {
      firstOf[i + 1] += firstOf[i];
    }
    int[] next = firstOf.clone();
    byOperation = new int[size];
    for (int row = 0; row < size; row++) {
      byOperation[next[operation[row]]++] = row;
    }
  }
}
