package dev.spanthrift.sampler;

import dev.spanthrift.sampler.wire.RequestWriter;
import org.jspecify.annotations.Nullable;

/**
 * What a judge says of one fragment; one instance is filled again and again.
 *
 * <p>Either a rule keeps it (probability 1, its trace state stays as it is), or a rule drops it, or
 * it is kept with a probability by the trace's randomness.
 */
public final class Verdict {
  private double probability;
  private String reason = "";
  private boolean budget;
  private double weight = 1;
  private RequestWriter.@Nullable TraceStateEdit edit;

  public void keep(String reason) {
    set(1, reason, false);
  }

  /** Keep a span that is judged alone, and write its trace state so. */
  public void keep(String reason, RequestWriter.TraceStateEdit newEdit) {
    set(1, reason, false);
    edit = newEdit;
  }

  public void drop(String reason) {
    set(0, reason, false);
  }

  /**
   * Leave it to the budget; where there is none, keep.
   *
   * @param times how many times an ordinary trace it is worth to the allocation; above 0
   */
  public void leaveToBudget(String reason, double times) {
    set(1, reason, true);
    weight = times;
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
    set(probability, reason, false);
  }

  private void set(double newProbability, String newReason, boolean toBudget) {
    probability = newProbability;
    reason = newReason;
    budget = toBudget;
    edit = null;
  }

  /** Whether the budget finds the probability. */
  public boolean isLeftToBudget() {
    return budget;
  }

  /** How many times an ordinary trace it is worth, where the budget finds the probability. */
  public double weight() {
    return weight;
  }

  /** Whether a rule keeps it for certain, whatever the budget. */
  public boolean isCertain() {
    return !budget && probability == 1;
  }

  /** How the trace state of a span is written that is judged alone; null leaves it as it is. */
  public RequestWriter.@Nullable TraceStateEdit edit() {
    return edit;
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
