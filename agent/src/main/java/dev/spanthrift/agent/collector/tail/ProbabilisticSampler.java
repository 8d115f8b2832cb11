package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.probability.Threshold;

/**
 * The processor {@code probabilistic_sampler}.
 *
 * @param percentage in 32 bits, because the Collector calculates its accept count in them
 * @param failClosed what is inconsistent is dropped, rather than kept
 * @param precision hexadecimal digits of thresholds, 1 to 14
 */
public record ProbabilisticSampler(
    Mode mode, float percentage, int hashSeed, boolean failClosed, int precision)
    implements SamplingStage {
  public static final int PRECISION_DEFAULT = 4;
  public static final double SMALLEST = 0x1p-56;

  /** How it draws. */
  public enum Mode {
    /** By FNV hash of the trace id. */
    HASH_SEED,
    /** Consistent probability of all there was. */
    EQUALIZING,
    /** Consistent probability of what arrives. */
    PROPORTIONAL
  }

  public ProbabilisticSampler {
    if (!(percentage >= 0)) {
      throw new IllegalArgumentException("sampling_percentage " + percentage);
    }
    if (precision < 1 || precision > Threshold.DIGITS) {
      throw new IllegalArgumentException("sampling_precision " + precision);
    }
    percentage = Math.min(100, percentage);
  }

  private double ratio() {
    return Math.max((double) percentage / 100, SMALLEST);
  }

  /** The threshold of what comes without one; {@link Threshold#MAX} drops all. */
  long threshold() {
    if (percentage == 0) {
      return Threshold.MAX;
    }
    if (mode == Mode.HASH_SEED) {
      return (long) (Fnv.BUCKETS - Fnv.accepted(percentage)) << 42;
    }
    return Precision.threshold(ratio(), precision);
  }

  /**
   * The threshold after that of an earlier sampler.
   *
   * @param upstream below 0 for none
   */
  long threshold(long upstream) {
    if (upstream < 0 || percentage == 0 || mode == Mode.HASH_SEED) {
      return threshold();
    }
    if (mode == Mode.EQUALIZING) {
      return Math.max(upstream, threshold());
    }
    double left = (Threshold.MAX - upstream) / 0x1p56;
    double probability = left * ratio();
    return probability < SMALLEST ? Threshold.MAX : Precision.threshold(probability, precision);
  }
}
