package dev.spanthrift.sampler;

import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.probability.Threshold;

/** What the budget says of a fragment, noted and obeyed. */
final class BudgetVerdicts implements Budgeting.Settlement {
  private final DecisionNotes notes;
  private final Departures departures;
  private final int precision;

  BudgetVerdicts(DecisionNotes notes, Departures departures, int precision) {
    this.notes = notes;
    this.departures = departures;
    this.precision = precision;
  }

  /** The threshold that such a probability is written with. */
  static long threshold(double probability, int precision) {
    return probability == 0 ? Threshold.MAX : Threshold.of(probability, precision).value();
  }

  @Override
  public void decided(Budgeting.Waiter waiter, TraceClass traceClass, double price, double level) {
    notes.allocated(waiter.number, waiter.probability, traceClass, price, level);
    departures.decided(waiter.slot, waiter.probability);
  }

  @Override
  public void keep(Budgeting.Waiter waiter, double probability, Worth worth, String reason) {
    long threshold = threshold(probability, precision);
    departures.keep(waiter.slot, waiter.number, probability, threshold, false, worth, reason);
  }

  @Override
  public void drop(Budgeting.Waiter waiter, String reason) {
    departures.drop(waiter.slot, waiter.number, reason);
  }
}
