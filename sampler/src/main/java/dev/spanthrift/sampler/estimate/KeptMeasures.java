package dev.spanthrift.sampler.estimate;

import dev.spanthrift.sampler.signal.OperationMeasures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is kept by operation, weighted by what each span stands for, since start.
 *
 * <p>Counts are Horvitz–Thompson estimates, and traces are what is sampled: n spans of a trace with
 * weight w add n·w to the estimate and n²·w·(w−1) to its variance. Quantiles have intervals by
 * Woodruff, with the effective number of traces (Σnw)² / Σ(nw)². Rows are those of {@link
 * OperationMeasures}, 2.1 KiB each. One thread.
 */
public final class KeptMeasures {
  private static final int SPANS = 0;
  private static final int ERRORS = 1;
  private static final int BYTES = 2;
  private static final int WEIGHT = 3;
  private static final int SQUARES = 4;
  private static final int VARIANCE = 5;
  private static final int ERROR_WEIGHT = 6;
  private static final int ERROR_VARIANCE = 7;
  private static final int HIGHEST_WEIGHT = 8;
  private static final int ZEROS = 9;
  private static final int FIRST = 10;
  private static final int WIDTH = FIRST + OperationMeasures.BUCKETS;

  private final OperationMeasures measures;
  private double[] sums = new double[16 * WIDTH];

  // Of the fragment at hand.
  private double weight;
  private int[] touched = new int[64];
  private int touchedCount;
  private int[] spansOf = new int[16]; // by row
  private int[] errorsOf = new int[16];

  private record Key(String service, String operation) {}

  public KeptMeasures(OperationMeasures measures) {
    this.measures = measures;
  }

  /**
   * Begins a kept fragment.
   *
   * @param adjustedCount how many like it each of its spans stands for, at least 1
   */
  public void begin(double adjustedCount) {
    weight = adjustedCount;
    touchedCount = 0;
  }

  /** One of its spans. */
  public void add(int operation, boolean error, long durationNanos, int bytes) {
    int row = measures.row(operation);
    grow(row);
    int at = row * WIDTH;
    sums[at + SPANS]++;
    sums[at + BYTES] += bytes;
    if (durationNanos > 0) {
      sums[at + FIRST + OperationMeasures.index(durationNanos) - OperationMeasures.LOWEST] +=
          weight;
    } else {
      sums[at + ZEROS] += weight;
    }
    if (spansOf[row]++ == 0) {
      touch(row);
    }
    if (error) {
      sums[at + ERRORS]++;
      errorsOf[row]++;
    }
  }

  private void grow(int row) {
    if (row >= spansOf.length) {
      int rows = Math.max(row + 1, spansOf.length * 2);
      spansOf = Arrays.copyOf(spansOf, rows);
      errorsOf = Arrays.copyOf(errorsOf, rows);
      sums = Arrays.copyOf(sums, rows * WIDTH);
    }
  }

  private void touch(int row) {
    if (touchedCount == touched.length) {
      touched = Arrays.copyOf(touched, touchedCount * 2); // at most the rows there are
    }
    touched[touchedCount++] = row;
  }

  /** The fragment is whole. */
  public void end() {
    for (int i = 0; i < touchedCount; i++) {
      int row = touched[i];
      int at = row * WIDTH;
      double spans = spansOf[row];
      double errors = errorsOf[row];
      sums[at + WEIGHT] += spans * weight;
      sums[at + SQUARES] += spans * weight * spans * weight;
      sums[at + VARIANCE] += spans * spans * weight * (weight - 1);
      sums[at + ERROR_WEIGHT] += errors * weight;
      sums[at + ERROR_VARIANCE] += errors * errors * weight * (weight - 1);
      sums[at + HIGHEST_WEIGHT] = Math.max(sums[at + HIGHEST_WEIGHT], weight);
      spansOf[row] = 0;
      errorsOf[row] = 0;
    }
    touchedCount = 0;
  }

  /** All operations of which something is kept; those of the same names are one. */
  public List<KeptOperation> read() {
    Map<Key, double[]> merged = new LinkedHashMap<>();
    for (int row = 0; row < spansOf.length && row < measures.rows(); row++) {
      if (sums[row * WIDTH + SPANS] > 0) {
        OperationMeasures.Labels labels = measures.labels(row);
        double[] into =
            merged.computeIfAbsent(
                new Key(labels.service(), labels.operation()), key -> new double[WIDTH]);
        merge(row * WIDTH, into);
      }
    }
    List<KeptOperation> all = new ArrayList<>();
    merged.forEach((key, of) -> all.add(operation(key, of)));
    return all;
  }

  private void merge(int from, double[] into) {
    double highest = Math.max(into[HIGHEST_WEIGHT], sums[from + HIGHEST_WEIGHT]);
    for (int i = 0; i < WIDTH; i++) {
      into[i] += sums[from + i];
    }
    into[HIGHEST_WEIGHT] = highest;
  }

  private static KeptOperation operation(Key key, double[] of) {
    return new KeptOperation(
        key.service,
        key.operation,
        (long) of[SPANS],
        (long) of[ERRORS],
        (long) of[BYTES],
        1 / Math.max(1, of[HIGHEST_WEIGHT]),
        Interval.around(of[WEIGHT], Math.sqrt(of[VARIANCE])),
        Interval.around(of[ERROR_WEIGHT], Math.sqrt(of[ERROR_VARIANCE])),
        quantile(of, 0.5),
        quantile(of, 0.95),
        quantile(of, 0.99));
  }

  private static @Nullable Interval quantile(double[] of, double q) {
    if (of[WEIGHT] <= 0) {
      return null;
    }
    double traces = of[WEIGHT] * of[WEIGHT] / of[SQUARES];
    double half = Interval.Z * Math.sqrt(q * (1 - q) / traces);
    double estimate = at(of, q);
    // A tail of which too few traces are kept has no upper end.
    Double high = q + half < 1 ? at(of, q + half) : null;
    Double low = q - half > 0 ? at(of, q - half) : null;
    return new Interval(
        estimate, high == null || low == null ? null : (high - low) / (2 * Interval.Z), low, high);
  }

  private static double at(double[] of, double q) {
    return LogQuantiles.of(
        of[ZEROS], of, FIRST, OperationMeasures.BUCKETS, OperationMeasures.LOWEST, q);
  }

  public long bytesHeld() {
    return (long) sums.length * Double.BYTES + (spansOf.length + touched.length) * 8L;
  }
}
