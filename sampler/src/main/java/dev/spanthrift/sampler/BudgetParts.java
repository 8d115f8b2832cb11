package dev.spanthrift.sampler;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.price.PriceOf;
import java.util.function.Supplier;

/**
 * What a budget needs from outside the sampler.
 *
 * @param purse how the money comes in; asked with every tick, by the deciding thread
 * @param price of spans, in the fleet's unit of price
 * @param ledger where keeps are told; a solo one makes nobody wait
 * @param fleetSums what the fleet's sidecars report to each other
 * @param pod this sidecar's name among them
 * @param treasury what is capped and what is free at the moment
 */
public record BudgetParts(
    AllocationSettings allocation,
    Supplier<Allowance> purse,
    PriceOf price,
    KeepLedger ledger,
    FleetSums fleetSums,
    String pod,
    Treasury treasury) {
  /** With money that always comes in alike. */
  public BudgetParts(
      AllocationSettings allocation,
      Allowance allowance,
      PriceOf price,
      KeepLedger ledger,
      FleetSums fleetSums,
      String pod,
      Treasury treasury) {
    this(allocation, () -> allowance, price, ledger, fleetSums, pod, treasury);
  }

  /** And with nothing capped and nothing free. */
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
