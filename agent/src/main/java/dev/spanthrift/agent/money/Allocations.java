package dev.spanthrift.agent.money;

import dev.spanthrift.agent.config.settings.BudgetSettings;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import java.time.Duration;
import java.util.List;

/**
 * The allocation's constants as the settings of a program, and the budgets in force, change them.
 */
final class Allocations {
  private Allocations() {}

  static AllocationSettings of(SpanthriftSettings settings, List<BudgetSettings> budgets) {
    AllocationSettings allocation = AllocationSettings.DEFAULT;
    for (BudgetSettings budget : budgets) {
      if (budget.period() == BudgetSettings.Period.HOUR) {
        allocation = allocation.forPeriod(Duration.ofHours(1));
      }
    }
    if (settings.fleet().enabled()) {
      AllocationSettings waiting = allocation.withAskAfter(settings.fleet().askAfter());
      return settings.fleet().shape() ? waiting : waiting.withoutShape();
    }
    Duration limbo = settings.hold().limbo();
    return limbo.isZero() ? allocation : allocation.withAskAfter(limbo);
  }
}
