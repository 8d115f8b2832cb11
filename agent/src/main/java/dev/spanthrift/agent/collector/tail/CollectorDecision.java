package dev.spanthrift.agent.collector.tail;

/** What was decided of one fragment; one instance is filled again and again. */
public final class CollectorDecision {
  private double probability;
  private String reason = "";

  void keep(String reason) {
    sample(1, reason);
  }

  void drop(String reason) {
    sample(0, reason);
  }

  void sample(double probability, String reason) {
    this.probability = probability;
    this.reason = reason;
  }

  void atMost(double limit) {
    probability = Math.min(probability, limit);
  }

  /** 1 keeps, 0 drops, else by the trace's randomness. */
  public double probability() {
    return probability;
  }

  /** Name of the policy, or one of the constants in {@link CollectorDecider}. */
  public String reason() {
    return reason;
  }
}
