package dev.spanthrift.bench.simulation;

import dev.spanthrift.sampler.budget.allocation.Allocator;
import dev.spanthrift.sampler.budget.allocation.FleetSums;

/** Makes the allocator of each pod of a simulated fleet. */
@FunctionalInterface
public interface Pods {
  Allocator allocator(String pod, FleetSums fleetSums);
}
