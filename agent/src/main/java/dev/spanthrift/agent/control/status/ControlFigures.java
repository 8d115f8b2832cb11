package dev.spanthrift.agent.control.status;

import dev.spanthrift.agent.control.boost.BoostKeeper;
import dev.spanthrift.agent.control.front.FrontCounts;
import dev.spanthrift.agent.control.killswitch.KillSwitchKeeper;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.KillSwitch;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.telemetry.Figure;
import dev.spanthrift.agent.telemetry.Instrument;
import dev.spanthrift.agent.telemetry.StatusFigures;
import dev.spanthrift.agent.timer.Guarded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All figures of the program at one moment: the pipeline's, and what the admin port knows. */
public final class ControlFigures implements Supplier<List<Figure>> {
  private final PipelineView pipeline;
  private final PolicyStore policies;
  private final SpendView spend;
  private final KillSwitchKeeper killSwitch;
  private final BoostKeeper boosts;
  private final FrontCounts admin;

  public ControlFigures(
      PipelineView pipeline,
      PolicyStore policies,
      SpendView spend,
      KillSwitchKeeper killSwitch,
      BoostKeeper boosts,
      FrontCounts admin) {
    this.pipeline = pipeline;
    this.policies = policies;
    this.spend = spend;
    this.killSwitch = killSwitch;
    this.boosts = boosts;
    this.admin = admin;
  }

  @Override
  public List<Figure> get() {
    List<Figure> all = new ArrayList<>(StatusFigures.of(pipeline));
    addMoney(spend.spend(), all);
    addControl(all);
    addAdmin(admin.read(), all);
    Guarded.runs().forEach((task, n) -> all.add(Instrument.TIMER_RUNS.at(n, "task", task)));
    // From zero on: what begins with its first failure shows no increase.
    Map<String, Long> failures = Guarded.failures();
    for (String task : Guarded.names()) {
      all.add(Instrument.TIMER_FAILURES.at(failures.getOrDefault(task, 0L), "task", task));
    }
    HeapReturn.Counts givenBack = HeapReturn.ofThisProcess().counts();
    all.add(Instrument.GIVEN_BACK.at(givenBack.times()));
    all.add(Instrument.GIVEN_BACK_BYTES.at(givenBack.bytes()));
    all.add(Instrument.AOT_CACHE.at(1, "state", AotCache.state().word()));
    all.add(Instrument.BUILD_INFO.at(1, "version", version(), "java", javaVersion()));
    return List.copyOf(all);
  }

  static void addMoney(Spend spend, List<Figure> all) {
    String currency = spend.currency();
    all.add(
        Instrument.PRICE_PER_GIGABYTE.at(
            spend.pricePerGigabyte(), "currency", currency, "model", spend.model()));
    for (Spend.BudgetSpend budget : spend.budgets()) {
      addBudget(budget, currency, spend.scope(), all);
    }
  }

  /**
   * All sidecars of a fleet tell the same books, so that a sum over pods would count its money as
   * often as it has pods: the scope says of which series the greatest is meant.
   */
  private static void addBudget(
      Spend.BudgetSpend budget, String currency, String scope, List<Figure> all) {
    String[] labels = {
      "budget",
      budget.name(),
      "period",
      budget.period().name(),
      "currency",
      currency,
      "scope",
      scope
    };
    Double limit = budget.budget();
    if (limit != null) {
      all.add(Instrument.BUDGET_LIMIT.at(limit, labels));
    }
    all.add(Instrument.BUDGET_SPENT.at(budget.spent(), labels));
    all.add(Instrument.BUDGET_SAVED.at(budget.saved(), labels));
    all.add(Instrument.BUDGET_OWN_COST.at(budget.ownCost(), labels));
    addForecast(budget.forecast(), labels, all);
  }

  private static void addForecast(
      Spend.@Nullable ForecastBand forecast, String[] labels, List<Figure> all) {
    if (forecast != null) {
      all.add(Instrument.BUDGET_FORECAST.at(forecast.expected(), with(labels, "expected")));
      all.add(Instrument.BUDGET_FORECAST.at(forecast.low(), with(labels, "low")));
      all.add(Instrument.BUDGET_FORECAST.at(forecast.high(), with(labels, "high")));
    }
  }

  private static String[] with(String[] labels, String bound) {
    List<String> more = new ArrayList<>(List.of(labels));
    more.addAll(List.of("bound", bound));
    return more.toArray(String[]::new);
  }

  private void addControl(List<Figure> all) {
    KillSwitch.Mode set = killSwitch.current().mode();
    for (KillSwitch.Mode mode : KillSwitch.Mode.values()) {
      all.add(Instrument.KILL_SWITCH.at(mode == set ? 1 : 0, "mode", mode.word()));
    }
    all.add(Instrument.BOOSTS.at(boosts.active().size()));
    all.add(Instrument.POLICY_VERSION.at(policies.current().version()));
    all.add(Instrument.POLICY_CONFIGURED.at(policies.isConfigured() ? 1 : 0));
  }

  private static void addAdmin(FrontCounts.AdminReading read, List<Figure> all) {
    all.add(Instrument.ADMIN_CONNECTIONS.at(read.connections()));
    read.answers()
        .forEach((status, n) -> all.add(Instrument.ADMIN_REQUESTS.at(n, "status", status)));
    read.connectionsCut()
        .forEach((why, n) -> all.add(Instrument.ADMIN_CONNECTIONS_CUT.at(n, "reason", why)));
  }

  private static String version() {
    String version = ControlFigures.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "unpackaged");
  }

  private static String javaVersion() {
    return String.valueOf(Runtime.version());
  }
}
