package dev.spanthrift.sampler.probability;

import java.util.Locale;

/**
 * Rejection threshold of consistent sampling: a span is kept when its randomness is at least this.
 *
 * <p>56 bits, so that {@code probability = (2^56 - value) / 2^56} and the adjusted count is its
 * inverse. Source: OpenTelemetry specification, "TraceState: Probability Sampling".
 */
public record Threshold(long value) {
  /** Rejects everything; not a probability, never written. */
  public static final long MAX = 1L << 56;

  /** What reading gives when a trace state has no usable threshold: the probability is unknown. */
  public static final long UNKNOWN = -1;

  /** Hex digits of the full precision. */
  public static final int DIGITS = 14;

  /** Significant digits that SDKs write by default. */
  public static final int DEFAULT_PRECISION = 4;

  public static final Threshold KEEP_ALL = new Threshold(0);
  public static final Threshold DROP_ALL = new Threshold(MAX);

  public Threshold {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException("threshold not in [0, 2^56]: " + value);
    }
  }

  /** The threshold of a probability in [2^-56, 1], at full precision. */
  public static Threshold of(double probability) {
    return of(probability, DIGITS);
  }

  /**
   * The threshold of a probability in [2^-56, 1], rounded to so many hex digits.
   *
   * @param precision significant digits, 1 to 14; leading {@code f}s come on top, so that small
   *     probabilities stay as exact as large ones
   */
  public static Threshold of(double probability, int precision) {
    return new Threshold(valueOf(probability, precision));
  }

  /** As {@link #of(double, int)}, without an object. */
  public static long valueOf(double probability, int precision) {
    if (!(probability >= 0x1p-56 && probability <= 1)) {
      throw new IllegalArgumentException("probability not in [2^-56, 1]: " + probability);
    }
    if (precision < 1 || precision > DIGITS) {
      throw new IllegalArgumentException("precision not in [1, 14] digits: " + precision);
    }
    return rounded(MAX - Math.round(probability * 0x1p56), precision);
  }

  /** Rounds to the digits that follow the leading {@code f}s; never up to {@link #MAX}. */
  private static long rounded(long value, int precision) {
    int leadingFs = Long.numberOfLeadingZeros(~(value << 8)) / 4;
    int dropped = DIGITS - leadingFs - precision;
    if (dropped <= 0) {
      return value;
    }
    long unit = 1L << (4 * dropped);
    return (value + unit / 2) & -unit;
  }

  /**
   * The value of a {@code th} text: 1 to 14 hex digits, padded right with zeros. Upper case is read
   * though it should not be written.
   *
   * @return {@link #UNKNOWN} when the text is no threshold
   */
  public static long read(byte[] buffer, int offset, int length) {
    long digits = length < 1 || length > DIGITS ? -1 : Hex.read(buffer, offset, length, true);
    return digits < 0 ? UNKNOWN : digits << (4 * (DIGITS - length));
  }

  /**
   * Writes the {@code th} text, at most 14 bytes, without trailing zeros.
   *
   * @return the offset after it
   */
  public static int write(long value, byte[] out, int offset) {
    int digits = textLength(value);
    Hex.write(value >>> (4 * (DIGITS - digits)), digits, out, offset);
    return offset + digits;
  }

  /** Length of the {@code th} text. */
  static int textLength(long value) {
    return value == 0 ? 1 : DIGITS - Long.numberOfTrailingZeros(value) / 4;
  }

  /** The {@code th} text. */
  public String text() {
    if (value == MAX) {
      throw new IllegalStateException("probability 0 has no th");
    }
    return String.format(Locale.ROOT, "%014x", value).substring(0, textLength(value));
  }

  public boolean keeps(long randomness) {
    return randomness >= value;
  }

  public double probability() {
    return (MAX - value) / 0x1p56;
  }

  public double adjustedCount() {
    return 0x1p56 / (MAX - value);
  }

  /**
   * Kept when any of the two keeps: the smaller one (specs.md R2). Must not depend on randomness.
   */
  public Threshold or(Threshold other) {
    return value <= other.value ? this : other;
  }

  /** Kept when both keep: the larger one (specs.md R3). */
  public Threshold and(Threshold other) {
    return value >= other.value ? this : other;
  }

  /**
   * Keeps this fraction of what an upstream threshold let through (specs.md 2E, proportional).
   *
   * @return {@link #DROP_ALL} when the product is below 2^-56
   */
  public static Threshold proportional(double fraction, Threshold upstream, int precision) {
    double product = fraction * upstream.probability();
    return product < 0x1p-56 ? DROP_ALL : of(product, precision);
  }
}
