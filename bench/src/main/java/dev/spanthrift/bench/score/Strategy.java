package dev.spanthrift.bench.score;

import dev.spanthrift.sampler.budget.Allocation;
import dev.spanthrift.sampler.budget.AllocationSettings;
import dev.spanthrift.sampler.budget.AllocationSettings.PerClass;
import dev.spanthrift.sampler.budget.Allowance;
import dev.spanthrift.sampler.budget.PriceOf;
import dev.spanthrift.sampler.budget.Scorer;
import dev.spanthrift.sampler.simulation.FleetSimulation;
import dev.spanthrift.sampler.simulation.Outcome;
import java.util.function.DoubleFunction;

/** A way of sampling that is scored: ours, a baseline, or the oracle. */
record Strategy(String name, Maker maker) {
  /** Runs the strategy once. */
  interface Maker {
    Outcome run(RecordedSet set, AllocationSettings ours, double budget, long seed);
  }

  static Strategy ours() {
    return new Strategy(
        "spanthrift",
        (set, settings, budget, seed) -> {
          Allowance allowance = new Allowance.ShareOfTraffic(budget);
          return new FleetSimulation(
                  set.recording,
                  settings,
                  PriceOf.BYTES,
                  (pod, sums) -> new Allocation(settings, allowance, PriceOf.BYTES, sums, pod),
                  seed)
              .run();
        });
  }

  /** One that spends in the order of its score columns, without a base rate. */
  static Strategy other(
      String name,
      double base,
      java.util.function.Function<RecordedSet, DoubleFunction<Scorer>> scorers) {
    return new Strategy(
        name,
        (set, ours, budget, seed) -> {
          AllocationSettings settings = inOrder(ours, base);
          Allowance allowance = new Allowance.ShareOfTraffic(budget);
          DoubleFunction<Scorer> scorer = scorers.apply(set);
          return new FleetSimulation(
                  set.recording,
                  settings,
                  PriceOf.BYTES,
                  (pod, sums) ->
                      new Allocation(
                          settings, scorer.apply(budget), allowance, PriceOf.BYTES, sums, pod),
                  seed)
              .run();
        });
  }

  private static AllocationSettings inOrder(AllocationSettings ours, double base) {
    return new AllocationSettings(
        new PerClass(1, 0, 0, 0),
        ours.exponents(),
        ours.slowCap(),
        ours.newCountMax(),
        ours.newShareMax(),
        base,
        ours.carryOver(),
        ours.carryOverOfElapsed(),
        ours.demandHalfLife(),
        ours.askAfter(),
        ours.rootWait());
  }
}
