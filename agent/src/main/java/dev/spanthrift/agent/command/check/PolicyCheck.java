package dev.spanthrift.agent.command.check;

import dev.spanthrift.agent.config.policy.PolicyParser;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import java.util.List;

/** Whether the configured policies can be put in force; silent when all is well. */
public final class PolicyCheck {
  private PolicyCheck() {}

  public static List<Check> of(SpanthriftSettings settings) {
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
