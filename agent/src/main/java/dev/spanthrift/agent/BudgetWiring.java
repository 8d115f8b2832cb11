package dev.spanthrift.agent;

import dev.spanthrift.agent.config.settings.HeapBounds;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.fleet.FleetDoor;
import dev.spanthrift.agent.money.Treasurer;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What pays for traces, and who else is told what is kept: alone or in a fleet. */
final class BudgetWiring {
  private static final Logger log = LoggerFactory.getLogger(BudgetWiring.class);

  private final SpanthriftSettings settings;
  private final int ledgerTracesMax;

  BudgetWiring(SpanthriftSettings settings, HeapBounds bounds) {
    this.settings = settings;
    ledgerTracesMax = bounds.ledgerTracesMax(settings.hold().tracesMax());
  }

  /** None where none is configured: then none of its classes is loaded. */
  @Nullable FleetDoor fleet() {
    return settings.fleet().enabled()
        ? FleetDoor.open(settings.fleet(), ledgerTracesMax, settings.sharesMoney())
        : null;
  }

  /**
   * None without a budget, a fleet, a limbo and a controller that may bring budgets later: what
   * policies leave to it is kept.
   */
  @Nullable BudgetParts parts(Treasurer treasurer, @Nullable FleetDoor fleet) {
    if (fleet != null) {
      if (settings.sharesMoney()) {
        log.info("the budgets are the fleet's: all of its sidecars spend one amount");
        treasurer.join(fleet.counts());
      }
      return new BudgetParts(
          treasurer.allocation(),
          () -> new Allowance.PerSecond(treasurer.allowancePerSecond()),
          treasurer.priceOf(),
          fleet.ledger(),
          fleet.sums(),
          fleet.pod(),
          treasurer);
    }
    Duration limbo = settings.hold().limbo();
    boolean waits = !limbo.isZero();
    if (settings.budgets().isEmpty() && !waits && !settings.controller().enabled()) {
      return null;
    }
    return new BudgetParts(
        treasurer.allocation(),
        () -> new Allowance.PerSecond(treasurer.allowancePerSecond()),
        treasurer.priceOf(),
        new InProcessKeepLedger(!waits, treasurer.allocation().askAfter(), ledgerTracesMax),
        FleetSums.inProcess(),
        "self",
        treasurer);
  }
}
