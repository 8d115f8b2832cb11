package dev.spanthrift.agent.money;

import dev.spanthrift.agent.fleet.FleetCounts;
import dev.spanthrift.sampler.budget.books.Budget;
import dev.spanthrift.sampler.budget.books.BudgetController;
import dev.spanthrift.sampler.budget.books.BudgetState;
import dev.spanthrift.sampler.budget.books.MoneyView;
import dev.spanthrift.sampler.budget.books.Purse;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The books of a sidecar whose money is its fleet's: what all have counted, and beside it what this
 * one spends itself. Used by one thread, but for {@link #pods} and {@link #own}.
 */
final class FleetBooks {
  private static final Logger log = LoggerFactory.getLogger(FleetBooks.class);

  private final FleetCounts counts;
  private final SharedBooks shared;
  private final OwnPart own;
  private final List<Budget> budgets;
  private final Pricing pricing;

  FleetBooks(FleetCounts counts, List<Budget> budgets, Pricing pricing) {
    this.counts = counts;
    this.budgets = budgets;
    this.pricing = pricing;
    shared = new SharedBooks(counts);
    own = new OwnPart(budgets, pricing);
  }

  /** Sidecars in the fleet, or how many are assumed. */
  double pods() {
    return counts.pods();
  }

  /** What of it is this sidecar's. */
  MoneyView own() {
    return own.view();
  }

  /** Counts what all have decided since the last call. */
  void count(long arrived, DecidedTraffic here, Purse purse, BudgetController controller) {
    shared.count(arrived, here, purse, controller, saved -> adopt(saved, controller));
  }

  private boolean adopt(byte[] saved, BudgetController controller) {
    Optional<String> warning = BudgetState.adopt(saved, controller, budgets, pricing);
    warning.ifPresent(why -> log.warn("books of the fleet are not taken over: {}", why));
    return warning.isEmpty();
  }

  /** Lets time pass for what is this sidecar's, and leaves the books for others. */
  void pass(
      DecidedTraffic here, Money cost, BudgetController controller, long now, long wallMillis) {
    shared.ownCost(cost);
    own.tick(here, cost, now, wallMillis);
    shared.leave(controller, now, BudgetState::save);
  }
}
