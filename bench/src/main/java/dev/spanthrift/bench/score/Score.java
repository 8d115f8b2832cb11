package dev.spanthrift.bench.score;

import dev.spanthrift.sampler.budget.AllocationSettings;
import dev.spanthrift.sampler.simulation.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code bench/score SET… [--json FILE]}: how good the decisions are on recorded traces. */
public final class Score {
  private static final List<String> COLUMNS =
      List.of(
          "bytes",
          "error",
          "affected",
          "slow",
          "rare",
          "faults",
          "structures",
          "whole",
          "count",
          "p50",
          "p95",
          "p99",
          "excess",
          "lookups",
          "writes");

  private Score() {}

  public static void main(String[] args) throws IOException {
    Options options = Options.parse(args);
    for (Path folder : options.sets()) {
      RecordedSet set = RecordedSet.read(folder);
      Measure measure = new Measure(set);
      System.out.printf(
          "%n%s: %d traces, %d spans, %d pods%n",
          set.name, set.recording.traces(), set.recording.spans(), set.recording.pods());
      for (double budget : options.budgets()) {
        System.out.printf("%n%-14s", String.format(Locale.ROOT, "%.0f %%", budget * 100));
        COLUMNS.forEach(c -> System.out.printf("%12s", c));
        System.out.println();
        for (Strategy strategy : options.strategies()) {
          print(strategy.name(), run(set, measure, strategy, options, budget));
        }
      }
    }
  }

  private static Figures run(
      RecordedSet set, Measure measure, Strategy strategy, Options options, double budget) {
    List<Map<String, Double>> runs = new ArrayList<>();
    for (int seed = 1; seed <= options.seeds(); seed++) {
      Outcome outcome = strategy.maker().run(set, options.settings(), budget, seed);
      runs.add(measure.of(outcome));
    }
    return Figures.of(runs);
  }

  private static void print(String name, Figures figures) {
    System.out.printf("%-14s", name);
    for (String column : COLUMNS) {
      double mean = figures.get(column);
      System.out.printf(
          "%12s",
          Double.isNaN(mean)
              ? "-"
              : String.format(Locale.ROOT, "%.1f±%.1f", mean, figures.spread().get(column)));
    }
    System.out.printf(
        Locale.ROOT,
        "  E%.1f S%.1f N%.1f O%.1f B%.1f  %.0f ns  tot %.0f%n",
        figures.get("reason0"),
        figures.get("reason1"),
        figures.get("reason2"),
        figures.get("reason3"),
        figures.get("reason4"),
        figures.get("nanos"),
        figures.get("total"));
  }

  /** What the command line asks for. */
  record Options(
      List<Path> sets,
      List<Double> budgets,
      List<Strategy> strategies,
      int seeds,
      AllocationSettings settings) {
    static Options parse(String[] args) {
      List<Path> sets = new ArrayList<>();
      List<Double> budgets = List.of(.01, .05, .10);
      int seeds = 4;
      String only = "";
      AllocationSettings settings = AllocationSettings.DEFAULT;
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--budget" ->
              budgets =
                  Arrays.stream(args[++i].split(","))
                      .map(b -> Double.parseDouble(b) / 100)
                      .toList();
          case "--seeds" -> seeds = Integer.parseInt(args[++i]);
          case "--only" -> only = args[++i];
          case "--set" -> settings = Vary.with(settings, args[++i]);
          default -> sets.add(Path.of(args[i]));
        }
      }
      String filter = only;
      List<Strategy> strategies =
          all().stream()
              .filter(s -> filter.isEmpty() || Arrays.asList(filter.split(",")).contains(s.name()))
              .toList();
      return new Options(sets, budgets, strategies, seeds, settings);
    }

    private static List<Strategy> all() {
      double none = 1e-6;
      return List.of(
          Strategy.ours(),
          Strategy.other("uniform", none, set -> b -> Baselines.uniform()),
          Strategy.other("tail", none, set -> b -> Baselines.tail()),
          Strategy.other("equal-path", none, set -> b -> Baselines.equalPerPath()),
          Strategy.other("ema", none, set -> Baselines::emaDynamic),
          Strategy.other("ema-through", none, set -> Baselines::emaThroughput),
          Strategy.other("windowed", none, set -> Baselines::windowedThroughput),
          Strategy.other("oracle", .15, set -> b -> Baselines.oracle(set)));
    }
  }
}
