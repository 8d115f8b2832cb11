package dev.spanthrift.agent.pipeline;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.sampler.wire.Signal;
import java.util.Set;

/** A destination and the signals that go there. */
public record Route(Destination destination, Set<Signal> signals) {
  public Route {
    signals = Set.copyOf(signals);
  }
}
