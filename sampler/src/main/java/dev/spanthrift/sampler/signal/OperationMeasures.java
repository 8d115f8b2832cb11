package dev.spanthrift.sampler.signal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  /** Bucket of 1 ns. */
  public static final int LOWEST = -1;

  public static final int BUCKETS = 63 * STEPS - LOWEST;
  private static final long MANTISSA = (1L << 52) - 1;
  private static final long QUARTER = mantissaOf(0.25);
  private static final long HALF = mantissaOf(0.5);
  private static final long THREE_QUARTERS = mantissaOf(0.75);

  private static final int ERRORS = 0;
  private static final int BYTES = 1;
  private static final int ZEROS = 2;
  private static final int FIRST = 3;
  private static final int WIDTH = FIRST + BUCKETS;
  private static final int UNKNOWN = 0;
  private static final int OTHER_ROW = 1;
  private static final int FIRST_OWN = 2;

  private final Operations operations;
  private final int bound;
  private final List<String> services = new ArrayList<>(); // by row, as the names
  private final List<String> names = new ArrayList<>();
  private int[] rowOf = new int[64]; // by id of the operation

  // By row. Few arrays, because each is a cache line more for a span that finds the cache cold.
  private double[] durationSumNanos = new double[16];
  private long[] counts = new long[16 * WIDTH];

  private record Key(String service, String operation) {}

  public OperationMeasures(Operations operations) {
    this(operations, OPERATIONS_MAX);
  }

  OperationMeasures(Operations operations, int bound) {
    this.operations = operations;
    this.bound = bound;
    add("", ""); // UNKNOWN
    add(OTHER, OTHER);
  }

  /**
   * Counts one span.
   *
   * @param operation id from the operations table
   */
  public void measure(int operation, String service, boolean error, long durationNanos, int bytes) {
    int known = operation < rowOf.length ? rowOf[operation] : UNKNOWN;
    int row = known == UNKNOWN ? learn(operation, service) : known;
    int at = row * WIDTH;
    counts[at + BYTES] += bytes;
    if (error) {
      counts[at + ERRORS]++;
    }
    if (durationNanos > 0) {
      durationSumNanos[row] += durationNanos;
      counts[at + FIRST - LOWEST + index(durationNanos)]++;
    } else {
      counts[at + ZEROS]++;
    }
  }

  private int learn(int operation, String service) {
    if (operation >= rowOf.length) {
      rowOf = Arrays.copyOf(rowOf, Math.max(operation + 1, rowOf.length * 2));
    }
    boolean own = names.size() - FIRST_OWN < bound && !operations.isShared(operation);
    int row = own ? add(service, operations.name(operation)) : OTHER_ROW;
    rowOf[operation] = row;
    return row;
  }

  private int add(String service, String name) {
    int row = names.size();
    services.add(service);
    names.add(name);
    if (row == durationSumNanos.length) {
      durationSumNanos = Arrays.copyOf(durationSumNanos, row * 2);
      counts = Arrays.copyOf(counts, row * 2 * WIDTH);
    }
    return row;
  }

  /** Index of the bucket that holds a duration above 0; bounds belong to the bucket below. */
  public static int index(long durationNanos) {
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

  /** An operation by its names; {@link #OTHER} where it has no row of its own. */
  public record Labels(String service, String operation) {}

  /**
   * Whose spans these are.
   *
   * @param operation id from the operations table
   */
  public Labels named(int operation) {
    return labels(row(operation));
  }

  /** The row that an operation is counted in. */
  public int row(int operation) {
    int known = operation < rowOf.length ? rowOf[operation] : UNKNOWN;
    return known == UNKNOWN ? OTHER_ROW : known;
  }

  /** Rows so far. */
  public int rows() {
    return names.size();
  }

  /** Whose row it is. */
  public Labels labels(int row) {
    return new Labels(services.get(row), names.get(row));
  }

  /** A copy of all that was counted; operations of the same names are one. */
  public List<MeasuredOperation> read() {
    Map<Key, Sum> merged = new LinkedHashMap<>();
    for (int row = FIRST_OWN; row < names.size(); row++) {
      merge(merged, row);
    }
    merge(merged, OTHER_ROW);
    return merged.entrySet().stream()
        .filter(entry -> entry.getValue().spans() > 0)
        .map(entry -> entry.getValue().measured(entry.getKey()))
        .toList();
  }

  private void merge(Map<Key, Sum> merged, int row) {
    Sum sum = merged.computeIfAbsent(new Key(services.get(row), names.get(row)), key -> new Sum());
    sum.durationNanos += durationSumNanos[row];
    for (int i = 0; i < WIDTH; i++) {
      sum.counts[i] += counts[row * WIDTH + i];
    }
  }

  private static final class Sum {
    final long[] counts = new long[WIDTH];
    double durationNanos;

    long spans() {
      return Arrays.stream(counts, ZEROS, WIDTH).sum();
    }

    MeasuredOperation measured(Key key) {
      int from = FIRST;
      while (from < WIDTH && counts[from] == 0) {
        from++;
      }
      int to = WIDTH;
      while (to > from && counts[to - 1] == 0) {
        to--;
      }
      return new MeasuredOperation(
          key.service,
          key.operation,
          spans(),
          counts[ERRORS],
          counts[BYTES],
          durationNanos,
          counts[ZEROS],
          from - FIRST + LOWEST,
          Arrays.copyOfRange(counts, from, to));
    }
  }
}
