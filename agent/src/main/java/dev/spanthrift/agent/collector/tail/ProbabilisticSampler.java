package dev.spanthrift.agent.collector.tail;

/**
 * The processor {@code probabilistic_sampler}.
 *
 * @param percentage in 32 bits, because the Collector calculates its accept count in them
 * @param failClosed what is inconsistent is dropped, rather than kept
 */
public record ProbabilisticSampler(Mode mode, float percentage, int hashSeed, boolean failClosed)
    implements SamplingStage {
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
    percentage = Math.min(100, percentage);
  }
}
