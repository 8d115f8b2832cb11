package dev.spanthrift.bench.score;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/** The figures of one set as Markdown tables, one for each budget. */
final class Table {
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

  private static final int NAME_WIDTH = 14;
  private static final int WIDTH = 10;

  private Table() {}

  static void print(SetScore score, Options options, PrintStream out) {
    out.printf(
        "%n## %s%n%d traces, %d spans, %d pods, %d faults, %d structures%n",
        score.name(),
        score.traces(),
        score.spans(),
        score.pods(),
        score.faults(),
        score.structures());
    for (double budget : options.budgets()) {
      out.printf(Locale.ROOT, "%n### Budget %s %%%n%n", percent(budget));
      head(out);
      for (SetScore.Run run : score.of(budget)) {
        row(run.sampler(), run.figures(), out);
      }
      for (String line : ScoreVerdict.of(score, budget)) {
        out.println("- " + line);
      }
    }
  }

  static String percent(double share) {
    return BigDecimal.valueOf(Math.round(share * 1e6), 4).stripTrailingZeros().toPlainString();
  }

  private static void head(PrintStream out) {
    out.print("| " + " ".repeat(NAME_WIDTH) + " |");
    COLUMNS.forEach(c -> out.printf(" %" + WIDTH + "s |", c));
    out.print("\n|" + "-".repeat(NAME_WIDTH + 2) + "|");
    COLUMNS.forEach(c -> out.print("-".repeat(WIDTH + 1) + ":|"));
    out.println();
  }

  private static void row(String name, ScoreFigures figures, PrintStream out) {
    out.printf("| %-" + NAME_WIDTH + "s |", name);
    for (String column : COLUMNS) {
      out.printf(" %" + WIDTH + "s |", cell(column, figures));
    }
    out.println();
  }

  private static String cell(String column, ScoreFigures figures) {
    double mean = figures.get(column);
    if (Double.isNaN(mean)) {
      return "–";
    }
    if (column.equals("lookups") || column.equals("writes")) {
      return String.format(Locale.ROOT, "%.2f", mean);
    }
    return String.format(Locale.ROOT, "%.1f ± %.1f", mean, figures.spreadOf(column));
  }
}
