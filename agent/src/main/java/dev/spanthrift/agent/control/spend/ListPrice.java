package dev.spanthrift.agent.control.spend;

import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.model.Money;

/** What spans cost by the list, in units of the currency. */
public final class ListPrice {
  private ListPrice() {}

  /** Of spans whose events and traces are not counted: by their means. 0 where nothing costs. */
  public static double of(SpanPrice price, long bytes, long spans) {
    if (price.nominal()) {
      return 0;
    }
    double each =
        price.perSpan()
            + price.perEvent() * price.eventsPerSpan()
            + price.perTrace() / price.spansPerTrace();
    return Math.max(0, price.perByte() * bytes + each * spans) / Money.PICOS;
  }
}
