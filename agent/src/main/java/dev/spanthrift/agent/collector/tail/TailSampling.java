package dev.spanthrift.agent.collector.tail;

import java.util.List;

/**
 * The processor {@code tail_sampling}.
 *
 * @param traceBytesMax {@code maximum_trace_size_bytes}; 0 for none
 */
public record TailSampling(
    List<Named> policies, boolean sampleOnFirstMatch, long traceBytesMax, CollectorVersion version)
    implements SamplingStage {
  public TailSampling {
    policies = List.copyOf(policies);
  }

  /** A policy under its name, which is the reason of what it keeps or drops. */
  public record Named(String name, CollectorPolicy policy) {}
}
