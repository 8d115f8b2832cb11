package dev.spanthrift.agent.money;

import dev.spanthrift.sampler.budget.books.Budget;
import dev.spanthrift.sampler.budget.books.BudgetController;
import dev.spanthrift.sampler.budget.books.MoneyView;
import dev.spanthrift.sampler.budget.books.Purse;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.Traffic;
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
  private Traffic decidedBefore = Traffic.NONE;
  private Traffic keptBefore = Traffic.NONE;

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
   * @param kept likewise
   * @param cost since the last call
   */
  void tick(Traffic decided, Traffic kept, Money cost, long nowNanos, long wallMillis) {
    Traffic more = decided.since(decidedBefore);
    purse.received(more.bytes(), more.spans(), more.events(), more.traces());
    Traffic moreKept = kept.since(keptBefore);
    purse.kept(moreKept.bytes(), moreKept.spans(), moreKept.events(), moreKept.traces());
    decidedBefore = decided;
    keptBefore = kept;
    controller.ownCost(cost);
    controller.tick(nowNanos, wallMillis);
  }

  MoneyView view() {
    return controller.view();
  }
}
