package dev.spanthrift.sampler.simulation;

import dev.spanthrift.sampler.budget.Allocator;
import dev.spanthrift.sampler.budget.FleetSums;

/** Makes the allocator of each pod of a simulated fleet. */
@FunctionalInterface
public interface Pods {
  Allocator allocator(String pod, FleetSums fleetSums);
}
