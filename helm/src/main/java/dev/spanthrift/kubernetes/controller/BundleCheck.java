package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.control.source.Bundle;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * How many of a pod's objects make something that a sidecar takes: each of them was found good by
 * itself, and together they may have too many rules or be too long to send.
 *
 * <p>Those that come last are left out, so that every replica leaves out the same ones. What was
 * found is remembered over all books: compiling it takes a while.
 */
final class BundleCheck {
  private static final Logger log = LoggerFactory.getLogger(BundleCheck.class);

  /** Most of it is the policy's; a budget has some hundred characters. */
  private static final int POLICY_LENGTH_MAX = Bundle.BYTES_MAX / 4 * 3;

  private static final int BUDGETS_LENGTH_MAX = Bundle.BYTES_MAX / 8;

  /** Above it all is found anew. */
  private static final int REMEMBERED_MAX = 10_000;

  private final Map<List<String>, Integer> known = new ConcurrentHashMap<>();

  /**
   * How many policies may be merged.
   *
   * @param parts of all of them, in their order
   * @param merged the document of the first so many
   */
  int policies(List<String> parts, IntFunction<JsonNode> merged) {
    return usable(parts, n -> lackOfPolicy(merged.apply(n)));
  }

  /** How many budgets may stand together. */
  int budgets(List<String> parts, IntFunction<JsonNode> listed) {
    return usable(parts, n -> lackOfBudgets(listed.apply(n)));
  }

  private int usable(List<String> parts, IntFunction<@Nullable String> lackOf) {
    if (parts.isEmpty()) {
      return 0;
    }
    Integer found = known.get(parts);
    if (found != null) {
      return found;
    }
    int usable = search(parts, lackOf);
    if (known.size() >= REMEMBERED_MAX) {
      known.clear();
    }
    known.put(List.copyOf(parts), usable);
    return usable;
  }

  /** All of them nearly always; else by halves, for fewer are never more. */
  private static int search(List<String> parts, IntFunction<@Nullable String> lackOf) {
    String lack = lackOf.apply(parts.size());
    if (lack == null) {
      return parts.size();
    }
    int good = 0;
    int bad = parts.size();
    while (bad - good > 1) {
      int half = (good + bad) >>> 1;
      if (lackOf.apply(half) == null) {
        good = half;
      } else {
        bad = half;
      }
    }
    log.warn(
        "{} cannot be used together and are left out: {}", parts.subList(good, parts.size()), lack);
    return good;
  }

  private static @Nullable String lackOfPolicy(JsonNode document) {
    int length = document.toString().length();
    if (length > POLICY_LENGTH_MAX) {
      return "together they have " + length + " characters, at most " + POLICY_LENGTH_MAX;
    }
    return PolicyCompilation.of(document, null)
            instanceof PolicyCompilation.Invalid(List<PolicyProblem> problems)
        ? problems.getFirst().pointer() + " " + problems.getFirst().detail()
        : null;
  }

  private static @Nullable String lackOfBudgets(JsonNode budgets) {
    int length = budgets.toString().length();
    if (length > BUDGETS_LENGTH_MAX) {
      return "together they have " + length + " characters, at most " + BUDGETS_LENGTH_MAX;
    }
    try {
      var _ = Bundle.budgetSettings(budgets);
      return null;
    } catch (SettingsException e) {
      return e.problems().getFirst().toString();
    }
  }
}
