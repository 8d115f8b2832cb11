package dev.spanthrift.agent.control.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.telemetry.Figure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who adds money up over pods must be able to tell one purse from many. */
class MoneyFiguresTest {
  private static Spend spend(String scope) {
    Spend.CoveredPeriod day = new Spend.CoveredPeriod("day", Instant.EPOCH, null);
    Spend.BudgetSpend budget =
        new Spend.BudgetSpend(
            "default",
            Map.of(),
            day,
            300.0,
            30,
            50,
            45,
            5,
            new Spend.ForecastBand(100, 90, 110),
            null,
            null,
            Map.of());
    return new Spend(
        scope,
        "EUR",
        "flat",
        0.5,
        0.5,
        null,
        day,
        300.0,
        30,
        50,
        45,
        5,
        null,
        null,
        null,
        List.of(budget),
        Map.of());
  }

  @Test
  void eachFigureOfABudgetSaysWhoseMoneyItIs() {
    for (String scope : List.of(Spend.FLEET, Spend.SIDECAR)) {
      List<Figure> all = new ArrayList<>();
      ControlFigures.addMoney(spend(scope), all);
      List<Figure> ofBudgets =
          all.stream().filter(f -> f.instrument().name().startsWith("BUDGET_")).toList();
      assertEquals(7, ofBudgets.size(), "limit, spent, saved, own cost, three of the forecast");
      for (Figure figure : ofBudgets) {
        assertEquals(
            List.of("budget", "default", "period", "day", "currency", "EUR", "scope", scope),
            figure.labels().subList(0, 8),
            figure.instrument().name());
      }
    }
  }
}
