package dev.spanthrift.bench.fleet;

import dev.spanthrift.bench.score.RecordedSet;
import dev.spanthrift.bench.simulation.FleetHistory;
import dev.spanthrift.bench.simulation.LargeFleet;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code bench/fleet --simulate}: fleets of several sizes, one after the other, as a table. */
final class Simulation {
  private static final String HEADER =
      """
      | pods | fragments/s | visits of traces/s | scripts/s | bytes/s at the engine | visits a fragment | bytes/s a sidecar | µs of decisions/s a sidecar | entries at most |
      |---|---|---|---|---|---|---|---|---|\
      """;
  private static final String MONEY =
      """
      | pods | worst excess after 1 min | used | expired | kept traces | whole | s until near the allowance after the step |
      |---|---|---|---|---|---|---|\
      """;

  /**
   * What to simulate.
   *
   * @param perPod fragments a second of each before the step
   * @param plot file for the plot, or none
   */
  record Plan(
      List<Integer> pods,
      double perPod,
      int seconds,
      boolean shape,
      int podsAssumed,
      long seed,
      @Nullable Path plot) {}

  private Simulation() {}

  static void run(RecordedSet set, Plan plan) throws IOException {
    AllocationSettings usual = AllocationSettings.DEFAULT;
    List<FleetHistory> fleets = new ArrayList<>();
    for (int pods : plan.pods()) {
      long began = System.nanoTime();
      AllocationSettings settings = plan.shape() ? usual : usual.withoutShape();
      FleetHistory history =
          new LargeFleet(
                  set.recording, pods, plan.perPod(), settings, plan.podsAssumed(), plan.seed())
              .run(plan.seconds());
      fleets.add(history);
      System.err.printf(Locale.ROOT, "%d pods: %.0f s%n", pods, (System.nanoTime() - began) / 1e9);
    }
    System.out.println(HEADER);
    for (boolean stepped : new boolean[] {false, true}) {
      fleets.forEach(fleet -> System.out.println(load(fleet, stepped)));
    }
    System.out.println();
    System.out.println(MONEY);
    fleets.forEach(fleet -> System.out.println(money(fleet)));
    if (plan.plot() != null) {
      Files.writeString(plan.plot(), SimulationPlot.svg(fleets));
    }
  }

  private static String load(FleetHistory fleet, boolean stepped) {
    FleetHistory.Load load = fleet.load(stepped);
    return String.format(
        Locale.ROOT,
        "| %,d | %,.0f | %,.0f | %,.0f | %,.0f | %.2f | %,.0f | %,.0f | %,d |",
        fleet.pods(),
        load.fragments(),
        load.visits(),
        load.scripts(),
        load.bytes(),
        load.visitsAFragment(),
        load.bytesAPod(),
        load.microsAPod(),
        fleet.entriesMost());
  }

  private static String money(FleetHistory fleet) {
    return String.format(
        Locale.ROOT,
        "| %,d | %+.1f %% | %.1f %% | %.1f %% | %,d | %.2f %% | %s |%s",
        fleet.pods(),
        100 * fleet.worstExcess(),
        100 * fleet.used(),
        100 * fleet.expired(),
        fleet.kept(),
        100 * fleet.whole(),
        fleet.converged() < 0 ? "not" : fleet.converged(),
        fleet.refused() > 0 ? " refused " + fleet.refused() : "");
  }
}
