package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.model.Cap;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.time.Instant;
import java.util.List;

/**
 * All that is known about money at a moment; immutable.
 *
 * @param nextGigabyte what the next 10^9 bytes of spans as of late would add to the bill
 * @param free whether all that is expected until the vendor's window ends costs nothing more
 * @param broken caps of the vendor that keeping all would break
 * @param clockDiffers whether the wall clock has jumped and is not believed yet
 */
public record MoneyView(
    Instant now,
    String model,
    SpanPrice price,
    Money nextGigabyte,
    boolean free,
    List<Cap> broken,
    boolean clockDiffers,
    List<BudgetView> budgets) {
  public MoneyView {
    broken = List.copyOf(broken);
    budgets = List.copyOf(budgets);
  }

  /** What sampling is worth. */
  public enum Gain {
    MONEY,
    /** By this price model spans cost nothing. */
    NOTHING_COSTS,
    /** No money, but keeping all would break a limit of the vendor. */
    LIMIT_KEPT,
    /** All that is expected is included in the plan. */
    ALL_INCLUDED
  }

  /** At the moment. */
  public Gain gain() {
    if (price.nominal()) {
      return broken.isEmpty() ? Gain.NOTHING_COSTS : Gain.LIMIT_KEPT;
    }
    return free && broken.isEmpty() ? Gain.ALL_INCLUDED : Gain.MONEY;
  }
}
