package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.agent.collector.ottl.OttlPolicy;
import dev.spanthrift.sampler.policy.document.Condition;
import java.util.List;

/**
 * One policy of the Collector's {@code tail_sampling}, as configured.
 *
 * <p>Filters of every kind (attributes, status, trace state, trace flags, span count, OTTL) are one
 * {@link Filter} over a condition that says exactly what the Collector asks.
 */
public sealed interface CollectorPolicy {
  record AlwaysSample() implements CollectorPolicy {}

  /**
   * Votes Sampled where the condition holds.
   *
   * @param invert {@code invert_match}: votes the other way round
   */
  record Filter(Condition condition, boolean invert) implements CollectorPolicy {}

  /** Votes Sampled where one of its conditions is true of a span or of an event. */
  record OttlCondition(OttlPolicy policy) implements CollectorPolicy {}

  /**
   * Latest end − earliest start, in whole milliseconds; with an upper bound, of the spans so far,
   * whenever one arrives.
   *
   * @param upperMs 0 for no upper bound
   */
  record Latency(long thresholdMs, long upperMs) implements CollectorPolicy {}

  /** A part of all trace ids, by hash. */
  record Probabilistic(String salt, double percentage) implements CollectorPolicy {
    public static final String DEFAULT_SALT = "default-hash-seed";

    public Probabilistic {
      salt = salt.isEmpty() ? DEFAULT_SALT : salt;
    }
  }

  /**
   * A token bucket.
   *
   * @param unit what a token stands for
   */
  record Limit(long perSecond, long burst, Unit unit) implements CollectorPolicy {}

  /** What a {@link Limit} counts. */
  enum Unit {
    SPANS,
    /** Encoded spans, without their resource and scope, which the Collector counts too. */
    BYTES
  }

  /** Sampled when none of them says no. */
  record And(List<CollectorPolicy> policies) implements CollectorPolicy {
    public And {
      policies = List.copyOf(policies);
    }
  }

  record Not(CollectorPolicy policy) implements CollectorPolicy {}

  /** Drops the trace when none of them says no. */
  record Drop(List<CollectorPolicy> policies) implements CollectorPolicy {
    public Drop {
      policies = List.copyOf(policies);
    }
  }

  /** The first part that votes Sampled decides, within its spans of this second. */
  record Composite(long spansPerSecondMax, List<Part> parts) implements CollectorPolicy {
    public Composite {
      parts = List.copyOf(parts);
    }
  }

  /** A sub-policy of a {@link Composite} with its allocation. */
  record Part(String name, CollectorPolicy policy, long spansPerSecond) {}
}
