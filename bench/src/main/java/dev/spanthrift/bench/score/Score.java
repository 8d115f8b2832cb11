package dev.spanthrift.bench.score;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code bench/score SET… [--json FILE]}: how good the decisions are on recorded traces. */
public final class Score {
  /** The columns in which samplers are compared; more is better. */
  static final List<String> SIX =
      List.of("error", "affected", "slow", "rare", "faults", "structures");

  private Score() {}

  /** Prints tables to stdout, as Markdown, and progress to stderr. */
  public static void main(String[] args) throws IOException {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(Options.USAGE);
      System.exit(2);
      return;
    }
    List<SetScore> scores = new ArrayList<>();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (Path folder : options.sets()) {
      RecordedSet set = RecordedSet.read(folder);
      SetScore score = score(set, options);
      scores.add(score);
      Table.print(score, options, out);
      check(set, options, out);
    }
    if (options.json() != null) {
      Files.writeString(options.json(), Json.of(scores, options.seeds()));
    }
    if (options.plot() != null) {
      Files.writeString(options.plot(), Plot.svg(scores));
    }
  }

  /** Bias of each strategy, and load steps of ours. */
  private static void check(RecordedSet set, Options options, PrintStream out) {
    if (options.bias() + options.steps() > 0) {
      out.printf("%n### Bias and steps of the load%n%n");
    }
    for (double budget : options.budgets()) {
      if (options.bias() > 0) {
        for (Strategy strategy : options.strategies()) {
          Bias bias = new Bias(set);
          for (int i = 0; i < options.bias(); i++) {
            bias.add(strategy.maker().run(set, options.settings(), budget, options.from() + i));
          }
          out.println("- " + strategy.name() + ", " + bias.line(budget));
        }
      }
      if (options.steps() > 0) {
        out.println("- " + LoadStep.line(set, options, budget, 10));
        out.println("- " + LoadStep.line(set, options, budget, .1));
      }
    }
  }

  private static SetScore score(RecordedSet set, Options options) {
    Measure measure = new Measure(set);
    List<SetScore.Run> runs = new ArrayList<>();
    for (double budget : options.budgets()) {
      for (Strategy strategy : options.strategies()) {
        System.err.printf("%s: %s at %.0f %%%n", set.name, strategy.name(), budget * 100);
        List<Map<String, Double>> figures = new ArrayList<>();
        int end = options.from() + options.seeds();
        for (int seed = options.from(); seed < end; seed++) {
          figures.add(measure.of(strategy.maker().run(set, options.settings(), budget, seed)));
        }
        runs.add(new SetScore.Run(strategy.name(), budget, ScoreFigures.of(figures)));
      }
    }
    return new SetScore(
        set.name,
        set.recording.traces(),
        set.recording.spans(),
        set.recording.pods(),
        set.faults.size(),
        set.structures(),
        runs);
  }
}
