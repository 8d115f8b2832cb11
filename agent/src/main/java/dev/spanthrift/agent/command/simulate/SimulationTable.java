package dev.spanthrift.agent.command.simulate;

import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Estimate;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Operation;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Quantity;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The answer of a simulation for people: one answer, or two side by side. */
final class SimulationTable {
  private static final int OPERATIONS = 20;
  private static final int LOST = 10;
  private static final int NAME = 40;
  private static final Quantity NOTHING = new Quantity(0, 0, 0);

  private final PrintWriter out;

  SimulationTable(PrintWriter out) {
    this.out = out;
  }

  void print(WhatIfAnswer answer) {
    head(answer);
    line("%n%-28s %10s %12s %10s", "", "traces", "spans", "MB");
    amount("received", answer.received());
    amount("kept", answer.kept());
    reasons("kept by", answer.keptByReason());
    reasons("dropped by", answer.droppedByReason());
    WhatIfAnswer.Cost cost = answer.cost();
    line(
        "%n%.1f %% of the bytes; cost %.6f %s instead of %.6f, saved %.6f",
        answer.shareOfBytes() * 100, cost.kept(), cost.currency(), cost.received(), cost.saved());
    certain(answer);
    line(
        "whole traces %,d of %,d kept (%.1f %%)",
        answer.wholeTraces(),
        answer.kept().traces(),
        percent(answer.wholeTraces(), answer.kept().traces()));
    budgets("", answer.budgets());
    errors(answer.errors());
    operations(answer.operations());
    legend(answer);
    warnings(answer);
  }

  /** Policies are not bound by the budget: where they overshoot it, this shows it. */
  private void certain(WhatIfAnswer answer) {
    if (ReasonWords.hasBudget(answer)) {
      line(
          "of these, %.1f points are kept by policies whatever the budget; it chose %.1f points",
          ReasonWords.percentOfPolicies(answer), ReasonWords.percentOfBudget(answer));
    }
  }

  private void legend(WhatIfAnswer answer) {
    List<String> lines = ReasonWords.legend(answer);
    if (!lines.isEmpty()) {
      line("%nreasons that are not names of policies:");
      lines.forEach(each -> line("  %s", each));
    }
  }

  private void head(WhatIfAnswer answer) {
    line(
        "%,d requests, %.0f s of traffic, %d sources, %d samplers",
        answer.requests(), answer.seconds(), answer.sources(), answer.samplers());
  }

  private void amount(String what, Quantity amount) {
    line(
        "%-28s %,10d %,12d %10.2f",
        cut(what, 28), amount.traces(), amount.spans(), amount.bytes() / 1e6);
  }

  private void reasons(String what, Map<String, Quantity> reasons) {
    reasons.forEach((reason, amount) -> amount("  " + what + " " + reason, amount));
  }

  private void budgets(String side, List<WhatIfAnswer.OfBudget> budgets) {
    for (WhatIfAnswer.OfBudget budget : budgets) {
      line(
          "%sbudget %s: spent %.6f %s of %.6f allowed in %.4g periods of %.6g a %s; at most %.6f"
              + " in one; all received %.6f",
          side,
          cut(budget.name(), NAME),
          budget.spent(),
          budget.currency(),
          budget.allowed(),
          budget.periods(),
          budget.amount(),
          budget.period(),
          budget.spentMost(),
          budget.received());
    }
  }

  private void errors(WhatIfAnswer.Errors errors) {
    line(
        "error traces %,d of %,d kept (%.1f %%); error signatures %d, lost %d",
        errors.keptTraces(),
        errors.traces(),
        percent(errors.keptTraces(), errors.traces()),
        errors.signatures(),
        errors.lostSignatures());
    errors.lost().stream()
        .limit(LOST)
        .forEach(
            s ->
                line(
                    "  lost: %s %s [%s], %d spans",
                    s.service(), cut(s.operation(), NAME), s.error(), s.spans()));
    if (errors.lostSignatures() > LOST) {
      line("  and %d more (-o json)", errors.lostSignatures() - LOST);
    }
  }

  private void operations(List<Operation> operations) {
    line(
        "%nwhat a reader will estimate, of %d operations with at least %d spans the worst %d"
            + " (error, ± 95 %% confidence, both relative to the truth; ? too few are kept to"
            + " say):",
        operations.size(), WhatIfAnswer.SPANS_MIN, Math.min(OPERATIONS, operations.size()));
    line(
        "%-40s %9s %6s %15s %15s %15s %15s",
        "operation", "spans", "kept", "count", "p50", "p95", "p99");
    operations.stream()
        .limit(OPERATIONS)
        .forEach(
            o ->
                line(
                    "%-40s %,9.0f %6d %15s %15s %15s %15s",
                    name(o),
                    o.count().truth(),
                    o.keptSpans(),
                    error(o.count(), o),
                    error(o.p50(), o),
                    error(o.p95(), o),
                    error(o.p99(), o)));
  }

  private static String name(Operation operation) {
    return cut(operation.service() + " " + operation.name(), NAME);
  }

  private static String error(Estimate estimate, Operation of) {
    if (of.keptSpans() == 0) {
      return "none kept";
    }
    Double error = estimate.estimated().standardError();
    String half =
        error == null || estimate.truth() == 0
            ? "?"
            : String.format(Locale.ROOT, "%.0f", 196 * error / estimate.truth());
    return String.format(Locale.ROOT, "%+.0f %% ±%s", estimate.relativeError() * 100, half);
  }

  void print(WhatIfAnswer answer, WhatIfAnswer other) {
    head(answer);
    line("%n%-34s %14s %14s %14s", "", "policy", "compare", "difference");
    row("kept traces", answer.kept().traces(), other.kept().traces(), "%,.0f");
    row("kept spans", answer.kept().spans(), other.kept().spans(), "%,.0f");
    row("kept MB", answer.kept().bytes() / 1e6, other.kept().bytes() / 1e6, "%,.2f");
    row("% of bytes", answer.shareOfBytes() * 100, other.shareOfBytes() * 100, "%.1f");
    row(
        "  of it kept by policies",
        ReasonWords.percentOfPolicies(answer),
        ReasonWords.percentOfPolicies(other),
        "%.1f");
    row("cost " + answer.cost().currency(), answer.cost().kept(), other.cost().kept(), "%.6f");
    row("whole traces", answer.wholeTraces(), other.wholeTraces(), "%,.0f");
    row("error traces", answer.errors().keptTraces(), other.errors().keptTraces(), "%,.0f");
    row(
        "lost error signatures",
        answer.errors().lostSignatures(),
        other.errors().lostSignatures(),
        "%,.0f");
    for (String reason : both(answer.keptByReason(), other.keptByReason())) {
      row(
          cut("kept traces by " + reason, 34),
          answer.keptByReason().getOrDefault(reason, NOTHING).traces(),
          other.keptByReason().getOrDefault(reason, NOTHING).traces(),
          "%,.0f");
    }
    row("count error, median %", median(answer, 0), median(other, 0), "%.1f");
    row("p50 error, median %", median(answer, 1), median(other, 1), "%.1f");
    row("p95 error, median %", median(answer, 2), median(other, 2), "%.1f");
    row("p99 error, median %", median(answer, 3), median(other, 3), "%.1f");
    budgets("policy: ", answer.budgets());
    budgets("compare: ", other.budgets());
    warnings(answer);
    other.warnings().forEach(warning -> line("compare: warning: %s", warning));
  }

  private static TreeSet<String> both(Map<String, Quantity> one, Map<String, Quantity> other) {
    TreeSet<String> both = new TreeSet<>(one.keySet());
    both.addAll(other.keySet());
    return both;
  }

  private void row(String what, double first, double second, String format) {
    line(
        "%-34s %14s %14s %14s",
        what,
        String.format(Locale.ROOT, format, first),
        String.format(Locale.ROOT, format, second),
        signed(format, second - first));
  }

  private static String signed(String format, double difference) {
    return String.format(Locale.ROOT, format.replace("%", "%+"), difference);
  }

  private static double median(WhatIfAnswer answer, int which) {
    double[] errors =
        answer.operations().stream()
            .mapToDouble(o -> 100 * Math.abs(of(o, which)))
            .sorted()
            .toArray();
    return errors.length == 0 ? 0 : errors[errors.length / 2];
  }

  private static double of(Operation operation, int which) {
    return switch (which) {
      case 0 -> operation.count().relativeError();
      case 1 -> operation.p50().relativeError();
      case 2 -> operation.p95().relativeError();
      default -> operation.p99().relativeError();
    };
  }

  private void warnings(WhatIfAnswer answer) {
    answer.warnings().forEach(warning -> line("warning: %s", warning));
  }

  private static double percent(long part, long whole) {
    return whole == 0 ? 0 : 100.0 * part / whole;
  }

  private static String cut(String name, int length) {
    String text = name.replaceAll("\\p{Cntrl}", "?");
    return text.length() <= length ? text : text.substring(0, length - 1) + "…";
  }

  private void line(String format, @Nullable Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
  }
}
