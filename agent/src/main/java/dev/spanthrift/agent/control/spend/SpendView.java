package dev.spanthrift.agent.control.spend;

import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.model.Money;

/** Says what has been spent and saved; asked from any thread, never blocks. */
@FunctionalInterface
public interface SpendView {
  Spend spend();

  /** Whether these are the books of a fleet, or this sidecar's alone. */
  default boolean isShared() {
    return false;
  }

  /** Of spans at the moment; asked likewise. */
  default SpanPrice price() {
    double perByte = spend().pricePerGigabyte() * Money.PICOS / 1e9;
    return perByte > 0 ? new SpanPrice(perByte, 0, 0, 0, 0, 1, false) : SpanPrice.NOMINAL;
  }
}
