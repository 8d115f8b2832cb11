package dev.spanthrift.bench.score;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param from the first seed
 * @param bias runs in which the re-weighted counts are judged, or 0
 * @param steps runs with the load ten times as high and as low for a while, or 0
 * @param json file for the figures, or none
 * @param plot file for the plot, or none
 */
record Options(
    List<Path> sets,
    List<Double> budgets,
    List<Strategy> strategies,
    int seeds,
    int from,
    int bias,
    int steps,
    AllocationSettings settings,
    @Nullable Path json,
    @Nullable Path plot) {
  static final String USAGE =
      """
      bench/score SET… [options]   how good the decisions are on recorded traces
        SET                 folder with traces.otlp.zst, requests.csv.gz, labels.csv.gz
        --budget 1,5,10     budgets, in % of the bytes that arrive
        --seeds 5           runs with different randomness; mean and spread are shown
        --from 1            the first seed: take one that nothing was tuned with
        --only NAME,…       only these samplers
        --set KEY=VALUE     changes a setting of ours: base=.2, shares.error=.4, carryOver=60 (s)
        --try KEY=VALUE,…   one more sampler: ours with settings changed; may be repeated
        --bias N            judges the bias of ours over N seeds; 50 are enough
        --steps N           ours over N seeds, with the load × 10 and ÷ 10 in the middle third
        --json FILE         the figures as JSON
        --plot FILE         information kept against bytes, as SVG
      """;

  static Options parse(String... args) {
    List<Path> sets = new ArrayList<>();
    List<Double> budgets = List.of(.01, .05, .10);
    List<Strategy> strategies = Strategy.all();
    List<Strategy> tries = new ArrayList<>();
    List<String> changes = new ArrayList<>();
    int seeds = 5;
    int from = 1;
    int bias = 0;
    int steps = 0;
    Path json = null;
    Path plot = null;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--budget" -> budgets = budgets(value(args, ++i));
        case "--seeds" -> seeds = Integer.parseInt(value(args, ++i));
        case "--from" -> from = Integer.parseInt(value(args, ++i));
        case "--bias" -> bias = Integer.parseInt(value(args, ++i));
        case "--steps" -> steps = Integer.parseInt(value(args, ++i));
        case "--only" -> strategies = only(Arrays.asList(value(args, ++i).split(",")));
        case "--set" -> changes.add(value(args, ++i));
        case "--try" -> tries.add(changed(value(args, ++i)));
        case "--json" -> json = Path.of(value(args, ++i));
        case "--plot" -> plot = Path.of(value(args, ++i));
        default -> sets.add(set(args[i]));
      }
    }
    if (sets.isEmpty() || seeds < 1) {
      throw new IllegalArgumentException("at least one set and one seed");
    }
    List<Strategy> all = new ArrayList<>(strategies);
    all.addAll(tries);
    AllocationSettings settings = Vary.with(AllocationSettings.DEFAULT, changes);
    return new Options(
        List.copyOf(sets),
        budgets,
        List.copyOf(all),
        seeds,
        from,
        bias,
        steps,
        settings,
        json,
        plot);
  }

  private static String value(String[] args, int i) {
    if (i >= args.length) {
      throw new IllegalArgumentException("no value after " + args[i - 1]);
    }
    return args[i];
  }

  private static Path set(String arg) {
    if (arg.startsWith("--")) {
      throw new IllegalArgumentException("unknown option " + arg);
    }
    return Path.of(arg);
  }

  private static List<Double> budgets(String list) {
    return Arrays.stream(list.split(",")).map(b -> Double.parseDouble(b) / 100).toList();
  }

  private static List<Strategy> only(List<String> names) {
    return Strategy.all().stream().filter(s -> names.contains(s.name())).toList();
  }

  private static Strategy changed(String list) {
    return Strategy.ours(list, Arrays.asList(list.split(",")));
  }
}
