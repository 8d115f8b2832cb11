package dev.spanthrift.agent.command.check;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import java.util.List;

/** Whether the configured policies can be put in force; silent when all is well. */
public final class PolicyCheck {
  private PolicyCheck() {}

  public static List<Check> of(SpanthriftSettings settings) {
    return switch (PolicyCompilation.of(settings)) {
      case PolicyCompilation.Compiled(var set, var warnings) ->
          warnings.stream().map(w -> Check.warning("policies", w.toString())).toList();
      case PolicyCompilation.Invalid(var problems) ->
          problems.stream().map(p -> new Check("policies", false, p.toString())).toList();
    };
  }
}
