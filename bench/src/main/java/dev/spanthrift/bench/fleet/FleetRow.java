package dev.spanthrift.bench.fleet;

import dev.spanthrift.bench.score.Measure;
import dev.spanthrift.bench.score.RecordedSet;
import dev.spanthrift.bench.simulation.FleetOutcome;
import java.util.Locale;
import java.util.Map;

/** One line of the table. */
final class FleetRow {
  static final String HEADER =
      """
      | who | configuration | bytes | whole | same th | error | slow | affected | rare | faults | count error | traces |
      |---|---|---|---|---|---|---|---|---|---|---|---|\
      """;

  private FleetRow() {}

  /**
   * Prints what was kept.
   *
   * @param differs by trace, whether its spans say different thresholds
   */
  static void print(
      String who, String policy, RecordedSet set, FleetOutcome outcome, boolean[] differs) {
    Map<String, Double> figures = new Measure(set).of(outcome);
    boolean[] some = new boolean[set.recording.traces()];
    for (int s = 0; s < set.recording.spans(); s++) {
      some[set.recording.traceOfSpan(s)] |= outcome.probability(s) > 0;
    }
    int kept = 0;
    int same = 0;
    for (int t = 0; t < some.length; t++) {
      kept += some[t] ? 1 : 0;
      same += some[t] && !differs[t] ? 1 : 0;
    }
    System.out.println(
        String.format(
            Locale.ROOT,
            "| %s | %s | %.1f %% | %.2f %% | %.2f %% | %.1f %% | %.1f %% | %.1f %% | %.1f %% | %.0f"
                + " | %.1f %% | %d |",
            who,
            policy,
            figures.get("bytes"),
            figures.get("whole"),
            100.0 * same / kept,
            figures.get("error"),
            figures.get("slow"),
            figures.get("affected"),
            figures.get("rare"),
            figures.get("faults"),
            figures.get("count"),
            kept));
  }
}
