package dev.spanthrift.agent.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.pipeline.MadeStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.sampler.SamplerCounts.Fate;
import dev.spanthrift.sampler.SamplerCounts.Held;
import dev.spanthrift.sampler.SamplerCounts.Received;
import dev.spanthrift.sampler.budget.books.BillingPeriod;
import dev.spanthrift.sampler.budget.books.Budget;
import dev.spanthrift.sampler.budget.books.BudgetView;
import dev.spanthrift.sampler.budget.books.Forecast;
import dev.spanthrift.sampler.budget.books.MoneyView;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DemoScreenTest {
  private static PipelineStatus status(long millis, long factor, Map<String, Long> kept) {
    return MadeStatus.status(
        0,
        millis,
        Map.of(),
        MadeStatus.spans(
            new Received(1_000 * factor, 500_000 * factor, 0),
            new Held(4, 10, 1 << 20, 64 << 20, 0),
            new Fate(100 * factor, 50_000 * factor, kept),
            new Fate(890 * factor, 445_000 * factor, Map.of("default", 890 * factor))),
        new PipelineStatus.Shipping(95 * factor, 5, Map.of()),
        List.of(),
        List.of(
            new PipelineStatus.Identity("offered = refused + received", 3, 3),
            new PipelineStatus.Identity("kept = shipped + queued + failed", 3, 4)));
  }

  private static ScreenFigures figures(double seconds, Map<String, Long> kept) {
    return figures(seconds, kept, new FailedTraces.Count(12, 9, 12, 9), null);
  }

  private static ScreenFigures figures(
      double seconds,
      Map<String, Long> kept,
      FailedTraces.Count failed,
      @Nullable Forecast forecast) {
    return new ScreenFigures(
        seconds,
        0,
        new SidecarProgram.Ports(4317, 4318, 4321),
        new ShopTraffic.Counts(100, 2_000, 12, 1, 8, 0),
        failed,
        Incident.within(0),
        status(20_000, 2, kept),
        status(19_000, 1, kept),
        forecast == null ? null : money(forecast),
        new DemoBackend.Counts(5, 100_000, 190, 0),
        new BigDecimal("0.50"),
        Currency.getInstance("USD"));
  }

  private static Money usd(String amount) {
    return new Money(new BigDecimal(amount), Currency.getInstance("USD"));
  }

  /** The books of an hour of which a tenth is over at the status's 20 s. */
  private static MoneyView money(Forecast forecast) {
    Budget budget =
        new Budget(
            "demo",
            usd("0.15"),
            new BillingPeriod(BillingPeriod.Length.HOUR, ZoneOffset.UTC, 1),
            Map.of(),
            Budget.Limits.NONE);
    Instant from = Instant.ofEpochSecond(20 - 360);
    Money zero = usd("0");
    BudgetView books =
        new BudgetView(budget, from, from.plusSeconds(3600), usd("0.014"), zero, zero, forecast, 1);
    return new MoneyView(
        from, "flat", SpanPrice.NOMINAL, books.spent(), false, List.of(), false, List.of(books));
  }

  @Test
  void s9_showsSpendAgainstBudgetForecastAndWhatEachKindOfTraceGets() {
    Map<String, Long> kept = Map.of("budget:error", 150L, "budget:base", 50L);
    Forecast known = new Forecast.Known(usd("0.149"), usd("0.14"), usd("0.1501"));
    ScreenFigures figures = figures(30, kept, new FailedTraces.Count(12, 12, 12, 12), known);
    String all = String.join("\n", DemoScreen.rows(figures));
    assertTrue(all.contains("  failed traces              150   75.0 %"), all);
    assertTrue(all.contains("  a few of anything           50   25.0 %"), all);
    assertTrue(all.contains("0.1500 USD for the hour, of which 0.0140 USD are spent"), all);
    assertTrue(all.contains("10 % of the hour is over; at its end: 0.1490 USD (0.1400 to"), all);
    String summary = String.join("\n", DemoScreen.summary(figures));
    assertTrue(summary.contains("failed traces 150, a few of anything 50"), summary);
    assertTrue(summary.contains("of which 0.0140 USD are spent"), summary);
    assertTrue(DemoScreen.line(figures).contains("12 of 12 failed traces, spent 0.0140 of 0.15"));
  }

  @Test
  void saysWhenTheForecastComesAndNothingOfErrorsBeforeAnyIsDue() {
    Forecast soon = new Forecast.NotEnoughData("not enough data", Duration.ofSeconds(75));
    ScreenFigures figures = figures(5, Map.of(), new FailedTraces.Count(0, 0, 0, 0), soon);
    String all = String.join("\n", DemoScreen.rows(figures));
    assertTrue(all.contains("no forecast yet, in 75 s"), all);
    assertFalse(all.contains("% kept"), all);
    assertTrue(DemoScreen.line(figures).contains("no trace failed yet"));
  }

  @Test
  void failedTracesAreSeenBeforeTheyAreDue() {
    ScreenFigures young = figures(5, Map.of(), new FailedTraces.Count(0, 0, 9, 4), null);
    String all = String.join("\n", DemoScreen.rows(young));
    assertTrue(all.contains("9 traces failed just now, 4 of them are at the backend"), all);
    assertTrue(DemoScreen.line(young).contains("4 of 9 failed traces so far"));
    ScreenFigures both = figures(5, Map.of(), new FailedTraces.Count(4, 4, 9, 6), null);
    all = String.join("\n", DemoScreen.rows(both));
    assertTrue(all.contains("100.0 % kept: 4 of 4 failed traces arrived, 5 just"), all);
  }

  @Test
  void theSummaryFitsEightyColumnsAndSaysWhenThereIsTooLittleForAForecast() {
    Forecast soon = new Forecast.NotEnoughData("not enough data", Duration.ofSeconds(75));
    Map<String, Long> kept = new LinkedHashMap<>();
    for (String name : List.of("error", "slow", "new", "ordinary", "base", "free")) {
      kept.put("budget:" + name, 1_234_567L);
    }
    List<String> rows =
        DemoScreen.summary(figures(45, kept, new FailedTraces.Count(12, 12, 12, 12), soon));
    String all = String.join("\n", rows);
    assertTrue(all.contains("10 % of the hour is over, too little for a forecast\n"), all);
    assertTrue(all.contains("free of charge 1,234,567"), all);
    rows.forEach(row -> assertTrue(row.length() <= 80 || row.contains("SUMS"), row));
  }

  @Test
  void failedTracesAreComparedOverTheSameSeconds() {
    FailedTraces made = new FailedTraces();
    for (long second = 1_000; second < 1_400; second++) {
      made.add(second * 1_000_000_000L + 5);
      made.add(second * 1_000_000_000L + 999_999_999);
    }
    assertEquals(800, made.before(Long.MAX_VALUE));
    assertEquals(780, made.before(1_390));
    assertEquals(0.5, new FailedTraces.Count(4, 2, 4, 2).share());
  }

  @Test
  void showsWhatCameInWentOutWasKeptAndWhyAndTheMoneySaved() {
    List<String> rows = DemoScreen.rows(figures(30, Map.of("errors", 150L, "default", 50L)));
    String all = String.join("\n", rows);
    assertTrue(all.contains("IN            1,000 spans/s     0.50 MB/s"), all);
    assertTrue(all.contains("OUT              95 spans/s     0.05 MB/s"), all);
    assertTrue(all.contains("  errors                     150   75.0 %"), all);
    assertTrue(all.contains("ERRORS  75.0 % kept: 9 of 12"), all);
    assertTrue(all.contains("saved 0.0004 USD, at this pace"), all);
    assertTrue(all.contains("INCIDENT payments fail and are slow; 8 failed traces"), all);
    assertTrue(all.contains("SUMS    1 of 2 agree"), all);
    assertTrue(all.contains("not kept = shipped + queued + failed"), all);
  }

  @Test
  void fitsEightyColumnsAndTwentyFourLinesWhateverTheReasons() {
    Map<String, Long> many = new LinkedHashMap<>();
    for (int i = 0; i < 30; i++) {
      many.put("a policy with quite a long name " + i, 1_000_000L * i);
    }
    Forecast soon = new Forecast.NotEnoughData("not enough data", Duration.ofSeconds(3_000));
    List<String> rows =
        DemoScreen.rows(
            figures(70, many, new FailedTraces.Count(99_999, 99_998, 100_000, 99_999), soon));
    assertTrue(rows.size() <= 23, rows.size() + " rows and the cursor's");
    for (String row : rows) {
      if (!row.startsWith("SUMS")) {
        assertTrue(row.length() <= 80, row);
      }
    }
  }

  @Test
  void theIncidentIsSeenInShortDemosToo() {
    assertEquals(Incident.Phase.RUNNING, Incident.within(6).phase(3_000_000_000L));
    assertEquals(Incident.Phase.OVER, Incident.within(6).phase(5_000_000_000L));
    assertEquals(Incident.Phase.AHEAD, Incident.within(0).phase(19_000_000_000L));
    assertEquals(Incident.Phase.RUNNING, Incident.within(0).phase(44_000_000_000L));
  }
}
