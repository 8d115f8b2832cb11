package dev.spanthrift.bench.fleet;

import dev.spanthrift.bench.simulation.FleetOutcome;
import dev.spanthrift.bench.simulation.FleetSimulation;
import dev.spanthrift.sampler.budget.allocation.Allocation;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.price.PriceOf;

/**
 * What a simulated fleet keeps of the same requests at the same times, for a tenth of the bytes.
 */
final class SimulatedRow {
  private static final double BUDGET = .1;

  private SimulatedRow() {}

  static void print(Schedule schedule, int seeds) {
    AllocationSettings settings = AllocationSettings.DEFAULT;
    for (int seed = 1; seed <= seeds; seed++) {
      Allowance allowance = new Allowance.ShareOfTraffic(BUDGET);
      FleetOutcome outcome =
          new FleetSimulation(
                  schedule.set().recording,
                  settings,
                  PriceOf.BYTES,
                  (pod, sums) -> new Allocation(settings, allowance, PriceOf.BYTES, sums, pod),
                  seed)
              .run();
      boolean[] none = new boolean[schedule.set().recording.traces()];
      FleetRow.print(
          "simulated, seed " + seed, FleetPolicy.BUDGET.shown(), schedule.set(), outcome, none);
    }
  }
}
