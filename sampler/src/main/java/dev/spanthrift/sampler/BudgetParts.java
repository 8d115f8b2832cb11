package dev.spanthrift.sampler;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.price.PriceOf;

/**
 * What a budget needs from outside the sampler.
 *
 * @param allowance how the money comes in; may be changed while running
 * @param price of spans, in the fleet's unit of price
 * @param ledger where keeps are told; a solo one makes nobody wait
 * @param fleetSums what the fleet's sidecars report to each other
 * @param pod this sidecar's name among them
 * @param treasury what is capped and what is free at the moment
 */
public record BudgetParts(
    AllocationSettings allocation,
    Allowance allowance,
    PriceOf price,
    KeepLedger ledger,
    FleetSums fleetSums,
    String pod,
    Treasury treasury) {
  /** With nothing capped and nothing free. */
  public BudgetParts(
      AllocationSettings allocation,
      Allowance allowance,
      PriceOf price,
      KeepLedger ledger,
      FleetSums fleetSums,
      String pod) {
    this(allocation, allowance, price, ledger, fleetSums, pod, Treasury.PLAIN);
  }
}
