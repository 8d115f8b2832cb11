package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says which policies can never fire, as far as that can be told from the rules alone. */
final class Reachability {
  private Reachability() {}

  static List<PolicyProblem> problems(PolicyDocument document) {
    List<PolicyProblem> problems = new ArrayList<>();
    List<Policy> enforced = new ArrayList<>();
    for (int i = 0; i < document.policies().size(); i++) {
      Policy policy = document.policies().get(i);
      PolicyProblem problem = problem("/policies/" + i, policy, enforced);
      if (problem != null) {
        problems.add(problem);
      } else if (!policy.shadow()) {
        enforced.add(policy);
      }
    }
    return problems;
  }

  private static @Nullable PolicyProblem problem(String at, Policy policy, List<Policy> earlier) {
    if (Implication.isNever(policy.match())) {
      return new PolicyProblem(
          at + "/match", name(policy) + " can never fire: no trace matches", "another condition");
    }
    for (Policy before : earlier) {
      if (Implication.holds(policy.match(), before.match())) {
        return new PolicyProblem(
            at,
            name(policy) + " can never fire: " + name(before) + " matches all that it would match",
            "move it before " + name(before) + ", or remove it");
      }
    }
    List<Condition> all = earlier.stream().map(Policy::match).toList();
    if (all.size() > 1 && Implication.holds(policy.match(), new Condition.Any(all))) {
      return new PolicyProblem(
          at,
          name(policy) + " can never fire: the policies before it together match all that it would",
          "move it up, or remove it");
    }
    return null;
  }

  private static String name(Policy policy) {
    return '"' + policy.name() + '"';
  }
}
