package dev.spanthrift.agent.command.simulate;

import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What the reasons that no user has named mean, and what policies kept whatever the budget. */
final class ReasonWords {
  private static final Map<String, String> MEANING = new LinkedHashMap<>();

  static {
    MEANING.put("default", "decided by no policy");
    MEANING.put("policy:elsewhere", "spans of traces that a policy keeps in another pod");
    MEANING.put("budget:error", "the budget's choice: traces with errors");
    MEANING.put("budget:slow", "the budget's choice: slower than usual for their path");
    MEANING.put("budget:new", "the budget's choice: paths that were not or rarely seen before");
    MEANING.put("budget:ordinary", "the budget's choice: examples of ordinary traces");
    MEANING.put("budget:base", "kept at the least rate, which every trace left to the budget has");
    MEANING.put("budget:free", "kept while nothing had a price");
    MEANING.put("budget", "left to the budget, which did not choose them");
    MEANING.put("late", "came after the decision on their trace, and follow it");
  }

  private static final Set<String> OF_NEITHER = Set.of("late");

  private ReasonWords() {}

  /** A line for each reason in the answer that is not a policy's name. */
  static List<String> legend(WhatIfAnswer answer) {
    TreeSet<String> reasons = new TreeSet<>(answer.keptByReason().keySet());
    reasons.addAll(answer.droppedByReason().keySet());
    List<String> lines = new ArrayList<>();
    MEANING.forEach(
        (reason, meaning) -> {
          if (reasons.contains(reason)) {
            lines.add(reason + ": " + meaning);
          }
        });
    return lines;
  }

  static boolean hasBudget(WhatIfAnswer answer) {
    return answer.keptByReason().keySet().stream().anyMatch(ReasonWords::isBudget)
        || answer.droppedByReason().keySet().stream().anyMatch(ReasonWords::isBudget);
  }

  /** Percent of all bytes that were kept without the budget being asked. */
  static double percentOfPolicies(WhatIfAnswer answer) {
    return percent(answer, reason -> !isBudget(reason) && !OF_NEITHER.contains(reason));
  }

  /** Percent of all bytes that the budget chose. */
  static double percentOfBudget(WhatIfAnswer answer) {
    return percent(answer, ReasonWords::isBudget);
  }

  private static double percent(WhatIfAnswer answer, Predicate<String> counts) {
    long bytes =
        answer.keptByReason().entrySet().stream()
            .filter(entry -> counts.test(entry.getKey()))
            .map(Map.Entry::getValue)
            .mapToLong(Quantity::bytes)
            .sum();
    return answer.received().bytes() == 0 ? 0 : 100.0 * bytes / answer.received().bytes();
  }

  private static boolean isBudget(String reason) {
    return reason.equals("budget") || reason.startsWith("budget:");
  }
}
