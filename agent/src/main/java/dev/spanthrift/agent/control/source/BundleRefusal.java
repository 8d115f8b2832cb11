package dev.spanthrift.agent.control.source;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Why a bundle is not put in force.
 *
 * @param objects whose fault it is, of those that the bundle names; empty where nobody can say
 */
record BundleRefusal(String why, List<String> objects) {
  private static final Pattern RULE = Pattern.compile("/policies/(\\d{1,6})(/.*)?");
  private static final Pattern BUDGET = Pattern.compile("budgets\\[(\\d{1,6})\\].*");

  BundleRefusal {
    objects = List.copyOf(objects);
  }

  /**
   * The controller names rules after their objects: {@code errors/slow}, {@code cluster:base/a}.
   */
  static BundleRefusal ofPolicy(String why, List<PolicyProblem> problems, Bundle bundle) {
    TreeSet<String> objects = new TreeSet<>();
    for (PolicyProblem problem : problems) {
      Matcher rule = RULE.matcher(problem.pointer());
      JsonNode document = bundle.policy();
      if (document == null || !rule.matches()) {
        return new BundleRefusal(why, bundle.policyObjects());
      }
      String name =
          document.path("policies").path(Integer.parseInt(rule.group(1))).path("name").asString("");
      List<String> of = bundle.policyObjects().stream().filter(o -> isOf(name, o)).toList();
      if (of.isEmpty()) {
        return new BundleRefusal(why, bundle.policyObjects());
      }
      objects.addAll(of);
    }
    return new BundleRefusal(why, List.copyOf(objects));
  }

  private static boolean isOf(String rule, String object) {
    String name = object.substring(object.indexOf(' ') + 1);
    int slash = name.indexOf('/');
    return rule.startsWith(slash < 0 ? "cluster:" + name + "/" : name.substring(slash + 1) + "/");
  }

  static BundleRefusal ofBudgets(String why, SettingsException e, Bundle bundle) {
    List<String> objects = new ArrayList<>();
    for (SettingProblem problem : e.problems()) {
      Matcher budget = BUDGET.matcher(problem.key());
      int index = budget.matches() ? Integer.parseInt(budget.group(1)) : Integer.MAX_VALUE;
      if (index >= bundle.budgetObjects().size()) {
        return new BundleRefusal(why, bundle.budgetObjects());
      }
      objects.add(bundle.budgetObjects().get(index));
    }
    return new BundleRefusal(why, objects);
  }
}
