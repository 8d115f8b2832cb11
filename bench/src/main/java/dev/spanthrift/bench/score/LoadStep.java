package dev.spanthrift.bench.score;

import dev.spanthrift.bench.simulation.FleetOutcome;
import dev.spanthrift.bench.simulation.FleetSimulation;
import dev.spanthrift.bench.simulation.RecordedColumns;
import dev.spanthrift.sampler.budget.allocation.Allocation;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.price.PriceOf;
import java.util.Locale;

/**
 * Whether the budget holds when the load jumps for the middle third of a recording, and back.
 *
 * <p>Judged is the sum of all spending against the sum of all allowance, each minute from the jump
 * on.
 */
final class LoadStep {
  private static final long PAUSE_MAX_NANOS = 5_000_000_000L;

  private LoadStep() {}

  /**
   * One line that can be cited.
   *
   * @param times the load there, 10 or .1
   */
  static String line(RecordedSet set, Options options, double budget, double times) {
    RecordedColumns stepped = set.recording.withStep(times, PAUSE_MAX_NANOS);
    Allowance allowance = new Allowance.ShareOfTraffic(budget);
    double over = 0;
    double worst = Double.NEGATIVE_INFINITY;
    double used = 0;
    for (int i = 0; i < options.steps(); i++) {
      FleetSimulation fleet =
          new FleetSimulation(
              stepped,
              options.settings(),
              PriceOf.BYTES,
              (pod, sums) ->
                  new Allocation(options.settings(), allowance, PriceOf.BYTES, sums, pod),
              options.from() + i);
      fleet.judgeFrom(stepped.parts() / 3);
      FleetOutcome outcome = fleet.run();
      over += outcome.minutesOver() / options.steps();
      worst = Math.max(worst, outcome.worstExcess());
      used += outcome.spent() / Math.max(1, outcome.inflow()) / options.steps();
    }
    String excess =
        Double.isInfinite(worst)
            ? "too short for an excess"
            : String.format(
                Locale.ROOT,
                "worst excess of any seed %+.1f %%, %.1f %% of the minutes over by 1 %%",
                100 * worst,
                100 * over);
    return String.format(
        Locale.ROOT,
        "load %s in the middle third and back at %s %%, %d seeds: %s, %.0f %% used",
        times > 1 ? "× " + Math.round(times) : "÷ " + Math.round(1 / times),
        Table.percent(budget),
        options.steps(),
        excess,
        100 * used);
  }
}
