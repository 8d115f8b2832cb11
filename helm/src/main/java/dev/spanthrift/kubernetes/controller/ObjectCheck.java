package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.control.http.Durations;
import dev.spanthrift.agent.control.source.Bundle;
import dev.spanthrift.kubernetes.objects.BudgetSpec;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is wrong with an object, by the product's own validation: with pointers into the object.
 *
 * <p>The API server has refused what the schema refuses; an object that came before the schema did,
 * or by an older one, is looked at all the same.
 */
final class ObjectCheck {
  static final int TEXT_MAX = 128 * 1024; // a status holds it, and an object has 1.5 MiB
  static final int OBJECT_NAME_MAX = 63;
  static final int RULE_NAME_MAX = 50;
  private static final Duration BAKE_MAX = Duration.ofDays(7);

  private ObjectCheck() {}

  static List<PolicyProblem> check(String name, PolicySpec spec) {
    List<PolicyProblem> problems = new ArrayList<>();
    ObjectNode document = RuleText.document(spec);
    if (PolicyCompilation.of(document, null)
        instanceof PolicyCompilation.Invalid(List<PolicyProblem> found)) {
      found.forEach(
          p -> problems.add(new PolicyProblem("/spec" + p.pointer(), p.detail(), p.suggestion())));
    }
    name(name, problems);
    for (int i = 0; i < document.path("policies").size(); i++) {
      String rule = document.path("policies").get(i).path("name").asString("");
      if (rule.length() > RULE_NAME_MAX) {
        problems.add(
            new PolicyProblem(
                "/spec/policies/" + i + "/name",
                "has " + rule.length() + " characters",
                "at most " + RULE_NAME_MAX));
      }
    }
    size(Variant.of(spec, 0).text(), problems);
    if (spec.rollout() != null) {
      rollout(spec.rollout(), problems);
    }
    return List.copyOf(problems);
  }

  private static void name(String name, List<PolicyProblem> problems) {
    if (name.length() > OBJECT_NAME_MAX) {
      problems.add(
          new PolicyProblem(
              "/metadata/name",
              "has " + name.length() + " characters",
              "at most " + OBJECT_NAME_MAX + ": it stands in the reasons of kept spans"));
    }
  }

  private static void size(String text, List<PolicyProblem> problems) {
    if (text.length() > TEXT_MAX) {
      problems.add(
          new PolicyProblem(
              "/spec", "has " + text.length() + " characters", "at most " + TEXT_MAX));
    }
  }

  private static void rollout(PolicySpec.Rollout rollout, List<PolicyProblem> problems) {
    int before = 0;
    for (int i = 0; i < rollout.steps().size(); i++) {
      int step = rollout.steps().get(i);
      if (step <= before || step > 100) {
        problems.add(
            new PolicyProblem(
                "/spec/rollout/steps/" + i, "is " + step, "rising, from 1 to 100 percent"));
      }
      before = step;
    }
    Optional<Duration> bake = Durations.parse(rollout.bake());
    if (bake.filter(d -> d.isPositive() && d.compareTo(BAKE_MAX) <= 0).isEmpty()) {
      problems.add(
          new PolicyProblem("/spec/rollout/bake", "is " + rollout.bake(), "such as 10m, at most 168h"));
    }
  }

  static List<PolicyProblem> check(String name, BudgetSpec spec) {
    List<PolicyProblem> problems = new ArrayList<>();
    ArrayNode budgets = JsonNodeFactory.instance.arrayNode();
    budgets.add(RuleText.budget(name, spec, 1));
    try {
      var _ = Bundle.budgetSettings(budgets);
    } catch (SettingsException e) {
      e.problems()
          .forEach(
              p ->
                  problems.add(
                      new PolicyProblem(
                          p.key().replace("budgets[0].", "/spec/").replace('.', '/'),
                          "is " + p.value(),
                          p.right())));
    }
    name(name, problems);
    return List.copyOf(problems);
  }
}
