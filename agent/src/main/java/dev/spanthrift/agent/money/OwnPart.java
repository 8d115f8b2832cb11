package dev.spanthrift.agent.money;

import dev.spanthrift.sampler.budget.books.Budget;
import dev.spanthrift.sampler.budget.books.BudgetController;
import dev.spanthrift.sampler.budget.books.MoneyView;
import dev.spanthrift.sampler.budget.books.Purse;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.util.List;

/**
 * What of a fleet's money this sidecar spends and saves itself, since it started: books beside the
 * fleet's, as if its traffic were all that is billed. They limit nothing. Used by one thread, but
 * for {@link #view}.
 */
final class OwnPart {
  private final BudgetController controller;
  private final Purse purse;
  private DecidedTraffic before = DecidedTraffic.NONE;

  OwnPart(List<Budget> budgets, Pricing pricing) {
    controller = new BudgetController(budgets.stream().map(OwnPart::unlimited).toList(), pricing);
    purse = controller.purse(attribute -> null);
    controller.tick(System.nanoTime(), System.currentTimeMillis());
  }

  private static Budget unlimited(Budget budget) {
    return new Budget(budget.name(), null, budget.period(), budget.scope(), Budget.Limits.NONE);
  }

  /**
   * Counts, and lets time pass.
   *
   * @param decided since start
   * @param cost since the last call
   */
  void tick(DecidedTraffic decided, Money cost, long nowNanos, long wallMillis) {
    before.countUntil(decided, purse);
    before = decided;
    controller.ownCost(cost);
    controller.tick(nowNanos, wallMillis);
  }

  MoneyView view() {
    return controller.view();
  }
}
