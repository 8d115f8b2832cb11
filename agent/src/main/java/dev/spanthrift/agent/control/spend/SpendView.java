package dev.spanthrift.agent.control.spend;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.model.Money;
import org.jspecify.annotations.Nullable;

/** Says what has been spent and saved; asked from any thread, never blocks. */
@FunctionalInterface
public interface SpendView {
  /** Of the fleet where it shares its money, else of this sidecar. */
  Spend spend();

  /** Of this sidecar alone. */
  default Spend own() {
    return spend();
  }

  /** What this program has cost itself since it started; never goes back. */
  default double ownCostSinceStart() {
    return own().ownCost();
  }

  /**
   * What this sidecar may spend in a second at the pace of now, in picos; of a fleet's money its
   * part. Null: nothing is limited.
   */
  default @Nullable Double allowanceHere() {
    return null;
  }

  /** How that money is divided. */
  default AllocationSettings allocation() {
    return AllocationSettings.DEFAULT;
  }

  /**
   * Share of that money which policies that keep for certain may take; beyond it the budget
   * decides. 1: all of it, so that no money changes what such a policy keeps.
   */
  default double policyShareMax() {
    return 1;
  }

  /** Of spans at the moment; asked likewise. */
  default SpanPrice price() {
    double perByte = spend().pricePerGigabyte() * Money.PICOS / 1e9;
    return perByte > 0 ? new SpanPrice(perByte, 0, 0, 0, 0, 1, false) : SpanPrice.NOMINAL;
  }
}
