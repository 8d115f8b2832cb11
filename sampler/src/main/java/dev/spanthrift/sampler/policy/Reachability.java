package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import dev.spanthrift.sampler.policy.document.PolicyWords;
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
      return PolicyProblem.of(
          at + "/match",
          PolicyWords.NEVER_FIRES.with("name", policy.name()),
          PolicyWords.ANOTHER_CONDITION.said());
    }
    for (Policy before : earlier) {
      if (Implication.holds(policy.match(), before.match())) {
        return PolicyProblem.of(
            at,
            PolicyWords.HIDDEN_BY_ONE.with("name", policy.name(), "other", before.name()),
            PolicyWords.MOVE_BEFORE.with("other", before.name()));
      }
    }
    List<Condition> all = earlier.stream().map(Policy::match).toList();
    if (all.size() > 1 && Implication.holds(policy.match(), new Condition.Any(all))) {
      return PolicyProblem.of(
          at, PolicyWords.HIDDEN_BY_ALL.with("name", policy.name()), PolicyWords.MOVE_UP.said());
    }
    return null;
  }
}
