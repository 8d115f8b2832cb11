package dev.spanthrift.sampler.probability;

/**
 * Rejection threshold of consistent sampling: a span is kept when its randomness is at least this.
 *
 * <p>56 bits, so that {@code probability = (2^56 - value) / 2^56} and the adjusted count is its
 * inverse. Source: OpenTelemetry specification, "TraceState: Probability Sampling".
 */
public record Threshold(long value) {
  /** Rejects everything; not a probability, never written. */
  public static final long MAX = 1L << 56;

  public static final Threshold KEEP_ALL = new Threshold(0);
  public static final Threshold DROP_ALL = new Threshold(MAX);

  public Threshold {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException("threshold not in [0, 2^56]: " + value);
    }
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
}
