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

  /** As a share of what arrives, and as money by time, as the sidecars have it. */
  static void print(Schedule schedule, int seeds) {
    double perSecond = BUDGET * schedule.bytes() / schedule.seconds();
    for (int seed = 1; seed <= seeds; seed++) {
      print(schedule, "simulated, by share", new Allowance.ShareOfTraffic(BUDGET), seed);
      print(schedule, "simulated, by time", new Allowance.PerSecond(perSecond), seed);
    }
  }

  private static void print(Schedule schedule, String who, Allowance allowance, int seed) {
    AllocationSettings settings = AllocationSettings.DEFAULT;
    FleetOutcome outcome =
        new FleetSimulation(
                schedule.set().recording,
                settings,
                PriceOf.BYTES,
                (pod, sums) -> new Allocation(settings, allowance, PriceOf.BYTES, sums, pod),
                seed)
            .run();
    boolean[] none = new boolean[schedule.set().recording.traces()];
    FleetRow.print(who + ", " + seed, FleetPolicy.BUDGET.shown(), schedule.set(), outcome, none);
  }
}
