package dev.spanthrift.sampler.probability;

/**
 * The 56 random bits that every sampler of one trace compares its threshold with.
 *
 * <p>They come from {@code rv} where the trace state has it, else from the last 7 bytes of the
 * trace id, which are presumed random even where the random flag is unset (specification,
 * specification/trace/sdk.md, "Presumption").
 */
public final class Randomness {
  /** What reading gives when a trace state has no usable {@code rv}. */
  public static final long NONE = -1;

  private static final long MASK = Threshold.MAX - 1;
  private static final long GOLDEN = 0x9e3779b97f4a7c15L; // 0 is no fixed point with it

  private Randomness() {}

  /** The last 7 bytes of a trace id, given its last 8. */
  public static long ofTraceId(long traceIdLow) {
    return traceIdLow & MASK;
  }

  /** 56 bits of a hash of the whole trace id, the same in every process. */
  public static long ofHash(long traceIdHigh, long traceIdLow) {
    return mix(mix(traceIdHigh + GOLDEN) + traceIdLow) & MASK;
  }

  /** SplitMix64's mixer (Steele, Lea, Flood: "Fast splittable pseudorandom generators", 2014). */
  private static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /**
   * The value of an {@code rv} text: exactly 14 lower-case hex digits.
   *
   * @return {@link #NONE} when the text is no randomness
   */
  public static long read(byte[] buffer, int offset, int length) {
    return length == Threshold.DIGITS ? Hex.read(buffer, offset, length, false) : NONE;
  }
}
