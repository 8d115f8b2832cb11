package dev.spanthrift.agent.command;

import dev.spanthrift.agent.config.PolicyParser;
import dev.spanthrift.agent.config.SpanthriftSettings;
import dev.spanthrift.sampler.policy.InvalidPolicyException;
import dev.spanthrift.sampler.policy.PolicySet;
import java.util.List;

/** Whether the configured policies can be put in force; silent when all is well. */
final class PolicyCheck {
  private PolicyCheck() {}

  static List<Check> of(SpanthriftSettings settings) {
    try {
      return PolicySet.compile(PolicyParser.parse(settings)).warnings().stream()
          .map(warning -> Check.warning("policies", warning.toString()))
          .toList();
    } catch (InvalidPolicyException e) {
      return e.problems().stream()
          .map(problem -> new Check("policies", false, problem.toString()))
          .toList();
    }
  }
}
