package dev.spanthrift.agent.control.alert;

import dev.spanthrift.agent.control.spend.Spend;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The books of one sidecar with one budget of 100 dollars a month. */
final class MonthlySpend {
  private MonthlySpend() {}

  static Spend of(double spent, Spend.@Nullable ForecastBand forecast) {
    Spend.CoveredPeriod month = new Spend.CoveredPeriod("month", Instant.EPOCH, null);
    Spend.BudgetSpend budget =
        new Spend.BudgetSpend(
            "all", Map.of(), month, 100.0, spent, 0, 0, 0, forecast, null, null, Map.of());
    return new Spend(
        "sidecar",
        "USD",
        "plain",
        .5,
        .5,
        null,
        month,
        100.0,
        spent,
        0,
        0,
        0,
        forecast,
        null,
        null,
        List.of(budget),
        Map.of());
  }
}
