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

  /** A sentence for people when sampling saves no money, else empty. */
  public String savesNothing() {
    if (price.nominal() && broken.isEmpty()) {
      return "sampling now saves nothing: by this price model spans cost nothing";
    }
    if (price.nominal()) {
      return "sampling saves no money, but keeping all would break the vendor's limit of "
          + broken.getFirst().meter().id();
    }
    return free && broken.isEmpty()
        ? "sampling now saves nothing: all that is expected is included in the plan"
        : "";
  }
}
