package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.wire.RequestWriter;
import org.jspecify.annotations.Nullable;

/** What was decided of one fragment; one instance is filled again and again. */
public final class CollectorDecision {
  private double probability;
  private String reason = "";
  private RequestWriter.@Nullable TraceStateEdit edit;

  void keep(String reason) {
    sample(1, reason);
  }

  void keep(String reason, RequestWriter.TraceStateEdit edit) {
    sample(1, reason);
    this.edit = edit;
  }

  void drop(String reason) {
    sample(0, reason);
  }

  void sample(double probability, String reason) {
    this.probability = probability;
    this.reason = reason;
    edit = null;
  }

  void atMost(double limit) {
    probability = Math.min(probability, limit);
  }

  /** 1 keeps, 0 drops, else by the trace's randomness. */
  public double probability() {
    return probability;
  }

  /** What becomes of the trace state of a span that is kept alone; null leaves it as it is. */
  public RequestWriter.@Nullable TraceStateEdit edit() {
    return edit;
  }

  /** Name of the policy, or one of the constants in {@link CollectorDecider}. */
  public String reason() {
    return reason;
  }
}
