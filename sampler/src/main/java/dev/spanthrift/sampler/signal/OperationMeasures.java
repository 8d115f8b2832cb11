package dev.spanthrift.sampler.signal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rate, errors and durations by operation, of every span received: exact, and bounded.
 *
 * <p>The first {@link #OPERATIONS_MAX} operations have a row of their own, 2 KiB each; what comes
 * after shares the one called {@link #OTHER}, so that nobody's names can make a bill. Allocates
 * nothing for an operation that is known. One thread.
 */
public final class OperationMeasures {
  public static final int OPERATIONS_MAX = 500;
  public static final String OTHER = "other";

  /** Of the exponential histograms: 2^2 buckets an octave. */
  public static final int SCALE = 2;

  static final int STEPS = 1 << SCALE;
  private static final int LOWEST = -1; // bucket of 1 ns
  private static final int BUCKETS = 63 * STEPS - LOWEST;
  private static final long MANTISSA = (1L << 52) - 1;
  private static final long QUARTER = mantissaOf(0.25);
  private static final long HALF = mantissaOf(0.5);
  private static final long THREE_QUARTERS = mantissaOf(0.75);

  private final Operations operations;
  private final int bound;
  private @Nullable Row[] rowOf = new Row[64]; // by id of the operation
  private final List<Row> rows = new ArrayList<>();
  private final Row other = new Row(OTHER, OTHER);

  private static final class Row {
    final String service;
    final String operation;
    long spans;
    long errors;
    long zeros;
    double durationSumNanos;
    final long[] buckets = new long[BUCKETS];

    Row(String service, String operation) {
      this.service = service;
      this.operation = operation;
    }
  }

  private record Key(String service, String operation) {}

  public OperationMeasures(Operations operations) {
    this(operations, OPERATIONS_MAX);
  }

  OperationMeasures(Operations operations, int bound) {
    this.operations = operations;
    this.bound = bound;
  }

  /**
   * Counts one span.
   *
   * @param operation id from the operations table
   */
  public void measure(int operation, String service, boolean error, long durationNanos) {
    Row known = operation < rowOf.length ? rowOf[operation] : null;
    Row row = known == null ? learn(operation, service) : known;
    row.spans++;
    row.errors += error ? 1 : 0;
    if (durationNanos > 0) {
      row.durationSumNanos += durationNanos;
      row.buckets[index(durationNanos) - LOWEST]++;
    } else {
      row.zeros++;
    }
  }

  private Row learn(int operation, String service) {
    if (operation >= rowOf.length) {
      rowOf = Arrays.copyOf(rowOf, Math.max(operation + 1, rowOf.length * 2));
    }
    Row row = other;
    if (rows.size() < bound && !operations.isShared(operation)) {
      row = new Row(service, operations.name(operation));
      rows.add(row);
    }
    rowOf[operation] = row;
    return row;
  }

  /** Index of the bucket that holds a duration above 0; bounds belong to the bucket below. */
  static int index(long durationNanos) {
    long bits = Double.doubleToRawLongBits(durationNanos);
    int octave = ((int) (bits >>> 52) - Double.MAX_EXPONENT) * STEPS;
    long mantissa = bits & MANTISSA;
    if (mantissa == 0) {
      return octave - 1;
    }
    if (mantissa > HALF) {
      return octave + (mantissa > THREE_QUARTERS ? 3 : 2);
    }
    return octave + (mantissa > QUARTER ? 1 : 0);
  }

  private static long mantissaOf(double exponent) {
    return Double.doubleToRawLongBits(Math.pow(2, exponent)) & MANTISSA;
  }

  /** A copy of all that was counted; operations of the same names are one. */
  public List<MeasuredOperation> read() {
    Map<Key, Row> merged = new LinkedHashMap<>();
    for (Row row : rows) {
      merge(merged, row);
    }
    if (other.spans > 0) {
      merge(merged, other);
    }
    return merged.values().stream().map(OperationMeasures::copy).toList();
  }

  private static void merge(Map<Key, Row> merged, Row row) {
    Row sum =
        merged.computeIfAbsent(
            new Key(row.service, row.operation), key -> new Row(row.service, row.operation));
    sum.spans += row.spans;
    sum.errors += row.errors;
    sum.zeros += row.zeros;
    sum.durationSumNanos += row.durationSumNanos;
    for (int i = 0; i < BUCKETS; i++) {
      sum.buckets[i] += row.buckets[i];
    }
  }

  private static MeasuredOperation copy(Row row) {
    int from = 0;
    while (from < BUCKETS && row.buckets[from] == 0) {
      from++;
    }
    int to = BUCKETS;
    while (to > from && row.buckets[to - 1] == 0) {
      to--;
    }
    return new MeasuredOperation(
        row.service,
        row.operation,
        row.spans,
        row.errors,
        row.durationSumNanos,
        row.zeros,
        from + LOWEST,
        Arrays.copyOfRange(row.buckets, from, to));
  }
}
