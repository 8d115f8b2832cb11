package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.model.Money;
import java.time.Instant;

/**
 * The books of one budget at a moment; immutable.
 *
 * @param spent by the price list, since the period began
 * @param avoided what the list asks for all that was received, less what was spent
 * @param ownCost of this program: processor, memory, archive
 * @param allowancePerSecond picos that may be spent
 */
public record BudgetView(
    Budget budget,
    Instant from,
    Instant to,
    Money spent,
    Money avoided,
    Money ownCost,
    Forecast forecast,
    double allowancePerSecond) {

  /** What sampling is worth: avoided less own cost; below zero when it costs more than it saves. */
  public Money saved() {
    return avoided.minus(ownCost);
  }
}
