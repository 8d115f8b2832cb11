package dev.spanthrift.sampler.signal;

/**
 * Buckets of a logarithmic histogram over non-negative integers: eight linear steps per octave.
 *
 * <p>A bucket is 6 to 12 % wide; index and bounds need no floating point. Values below 8 have a
 * bucket each.
 */
public final class LogBuckets {
  private static final int STEPS_BITS = 3;
  private static final int STEPS = 1 << STEPS_BITS;

  /** Number of buckets that any non-negative long needs. */
  public static final int COUNT = (63 - STEPS_BITS) * STEPS + STEPS;

  private LogBuckets() {}

  /** Bucket of a value; negative values count as 0. */
  public static int index(long value) {
    if (value < STEPS) {
      return value < 0 ? 0 : (int) value;
    }
    int shift = 63 - Long.numberOfLeadingZeros(value) - STEPS_BITS;
    return shift * STEPS + (int) (value >>> shift);
  }

  /** Smallest value of a bucket; the bucket after the last one begins at {@link Long#MAX_VALUE}. */
  public static long floor(int index) {
    if (index < STEPS) {
      return index;
    }
    if (index >= COUNT) {
      return Long.MAX_VALUE;
    }
    int shift = index / STEPS - 1;
    return (long) (STEPS + index % STEPS) << shift;
  }
}
