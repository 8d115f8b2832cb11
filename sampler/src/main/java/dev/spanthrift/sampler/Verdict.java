package dev.spanthrift.sampler;

/**
 * What a judge says of one fragment; one instance is filled again and again.
 *
 * <p>Either a rule keeps it (probability 1, its trace state stays as it is), or a rule drops it, or
 * it is kept with a probability by the trace's randomness.
 */
public final class Verdict {
  private double probability;
  private String reason = "";

  public void keep(String reason) {
    probability = 1;
    this.reason = reason;
  }

  public void drop(String reason) {
    probability = 0;
    this.reason = reason;
  }

  /**
   * Keep with a probability.
   *
   * @param probability in (0, 1]
   */
  public void sample(double probability, String reason) {
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability not in (0, 1]: " + probability);
    }
    this.probability = probability;
    this.reason = reason;
  }

  /** 0 when a rule drops. */
  public double probability() {
    return probability;
  }

  /** Who decided: the name of a policy, or a class of the budget. One of a bounded set. */
  public String reason() {
    return reason;
  }
}
