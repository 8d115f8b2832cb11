package dev.spanthrift.bench.score;

import dev.spanthrift.bench.simulation.FleetOutcome;
import dev.spanthrift.bench.simulation.FleetSimulation;
import dev.spanthrift.sampler.budget.allocation.Allocation;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings.PerClass;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.Scorer;
import dev.spanthrift.sampler.budget.price.PriceOf;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/** A way of sampling that is scored: ours, a baseline, or the oracle. */
record Strategy(String name, Maker maker) {
  static final String OURS = "spanthrift";
  static final String UNIFORM = "uniform";
  static final String ORACLE = "oracle";

  /** Each class has a thousand times the share of the next: what one leaves goes to the next. */
  private static final PerClass IN_ORDER = new PerClass(1 - 1e-3 - 1e-6, 1e-3, 1e-6, 1e-9);

  /** Runs the strategy once. */
  interface Maker {
    FleetOutcome run(RecordedSet set, AllocationSettings ours, double budget, long seed);
  }

  /** Ours, with settings changed. */
  static Strategy ours(String name, List<String> changes) {
    return new Strategy(
        name,
        (set, usual, budget, seed) -> {
          AllocationSettings settings = Vary.with(usual, changes);
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
      String name, double base, Function<RecordedSet, DoubleFunction<Scorer>> scorers) {
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
        IN_ORDER,
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

  /** All that are compared, ours first. */
  static List<Strategy> all() {
    double none = 1e-6;
    return List.of(
        ours(OURS, List.of()),
        other(UNIFORM, none, set -> b -> Baselines.uniform()),
        other("tail", none, set -> b -> Baselines.tail()),
        other("equal-path", none, set -> b -> Baselines.equalPerPath()),
        other("ema", none, set -> Baselines::emaDynamic),
        other("ema-throughput", none, set -> Baselines::emaThroughput),
        other("windowed", none, set -> Baselines::windowedThroughput),
        other(ORACLE, .15, set -> b -> Baselines.oracle(set)));
  }
}
