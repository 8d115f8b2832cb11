package dev.spanthrift.sampler.budget.books;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.price.model.Models;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class BudgetControllerTest {
  private static final Instant NOVEMBER = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant DECEMBER = Instant.parse("2026-12-01T00:00:00Z");

  static Budget monthly(String amount) {
    return new Budget(
        "all",
        Money.of(amount, "USD"),
        BillingPeriod.monthly(ZoneOffset.UTC),
        Map.of(),
        Budget.Limits.NONE);
  }

  /** About 130 GB a month at 0.50 a GB: all would cost 65. */
  private static MonthSimulation simulation(String amount, long seed) {
    return new MonthSimulation(
        List.of(monthly(amount)), Models.perGigabyte("0.50"), NOVEMBER, seed);
  }

  private static double spent(MonthSimulation s) {
    return s.view().spent().amount().doubleValue();
  }

  private static final ToDoubleFunction<Instant> OFFICE = MonthSimulation::office;

  @Test
  void usesTheBudgetAndNeverMoreWhateverTheLoadDoes() {
    Map<String, ToDoubleFunction<Instant>> loads =
        Map.of(
            "office hours", OFFICE,
            "ten times from the 10th", at -> OFFICE.applyAsDouble(at) * step(at, 10, 10),
            "a tenth from the 10th", at -> OFFICE.applyAsDouble(at) * 5 * step(at, 10, .1),
            "hundred times for a day", at -> OFFICE.applyAsDouble(at) * (day(at) == 12 ? 100 : 1),
            "steady", at -> 100);
    loads.forEach(
        (name, load) -> {
          long seed = name.hashCode();
          MonthSimulation s = simulation("10", seed);
          s.spansPerSecond = load;
          for (int day = 1; day <= 30; day++) { // within a month nothing spent is given back
            s.until(NOVEMBER.plus(Duration.ofDays(day)).minusSeconds(120));
            assertTrue(spent(s) <= 10, () -> name + " " + s.now + ": " + spent(s));
          }
          assertTrue(spent(s) >= 9.5, () -> name + ", seed " + seed + ": " + spent(s));
        });
  }

  private static int day(Instant at) {
    return at.atZone(ZoneOffset.UTC).getDayOfMonth();
  }

  private static double step(Instant at, int day, double factor) {
    return day(at) >= day ? factor : 1;
  }

  /** In a fleet a decision comes half a minute after the trace: demand must not wait for it. */
  @Test
  void aShareOfTheTrafficFollowsWhatArrivesAndNotWhatIsDecided() {
    BillingPeriod month = BillingPeriod.monthly(ZoneOffset.UTC);
    Budget.Limits tenth = new Budget.Limits(0, .1, null, null, 1, true);
    BudgetController controller =
        new BudgetController(
            List.of(new Budget("tenth", null, month, Map.of(), tenth)), Models.perGigabyte("0.50"));
    Purse purse = controller.purse(attribute -> null);
    double expected = .1 * 1_000_000 * controller.price().price(1_000_000_000, 1) / 1e9;
    for (int second = 0; second < 600; second++) {
      boolean began = second >= 100;
      boolean tenfold = second >= 300;
      purse.arrived(!began ? 0 : tenfold ? 10_000_000 : 1_000_000);
      if (second >= 140) { // what was decided is forty seconds old
        long bytes = second >= 340 ? 10_000_000 : 1_000_000;
        purse.received(bytes, bytes / 500, 0, bytes / 5_000);
      }
      controller.tick(second * 1_000_000_000L, NOVEMBER.toEpochMilli() + second * 1000L);
      if (second == 120 || second == 299) {
        assertEquals(expected, purse.allowancePerSecond(), expected * .02, "at " + second);
      } else if (second == 450) { // two and a half half-lives of 60 s after the step
        assertTrue(purse.allowancePerSecond() > 8 * expected, "at " + second);
      }
    }
    assertEquals(10 * expected, purse.allowancePerSecond(), expected * .5);
  }

  @Test
  void letsUnusedMoneyFlowForward() {
    MonthSimulation s = simulation("10", 5);
    s.spansPerSecond = at -> day(at) <= 20 ? 1 : 400;
    s.until(NOVEMBER.plus(Duration.ofDays(20)));
    assertTrue(spent(s) < .6, () -> "" + spent(s));
    s.until(DECEMBER.minusSeconds(120));
    assertTrue(spent(s) > 9.5 && spent(s) <= 10, () -> "" + spent(s));
  }

  @Test
  void staysInsideEvenWhenSpendingIsBookedMinutesLate() {
    MonthSimulation s = simulation("10", 6);
    s.lagSteps = 6;
    s.until(DECEMBER.minusSeconds(120));
    assertTrue(spent(s) <= 10 && spent(s) > 9.5, () -> "" + spent(s));
  }

  @Test
  void staysInsideWhenNobodyTellsWhatIsOutstanding() {
    MonthSimulation s = simulation("10", 16);
    s.tellsOutstanding = false;
    s.until(DECEMBER.minusSeconds(120));
    assertTrue(spent(s) <= 10 && spent(s) > 9.5, () -> "" + spent(s));
  }

  @Test
  void holdsAnHourlyAndADailyBudgetInEachPeriod() {
    for (BillingPeriod.Length length :
        List.of(BillingPeriod.Length.HOUR, BillingPeriod.Length.DAY)) {
      boolean hourly = length == BillingPeriod.Length.HOUR;
      BillingPeriod period = new BillingPeriod(length, ZoneId.of("America/New_York"), 1);
      String amount = hourly ? "0.005" : "0.2";
      Budget budget =
          new Budget("b", Money.of(amount, "USD"), period, Map.of(), Budget.Limits.NONE);
      MonthSimulation s =
          new MonthSimulation(List.of(budget), Models.perGigabyte("0.50"), NOVEMBER, 17);
      double most = Double.parseDouble(amount);
      double last = 0;
      int periods = 0;
      double used = 0;
      while (s.now.isBefore(NOVEMBER.plus(Duration.ofDays(5)))) {
        s.step();
        double spent = spent(s);
        assertTrue(spent <= most, () -> length + " " + s.now + ": " + spent);
        if (spent < last) {
          periods++;
          used += last;
        }
        last = spent;
      }
      double share = used / periods / most;
      assertTrue(periods >= (hourly ? 100 : 4), periods + " of " + length);
      assertTrue(share > .8, length + " used " + share);
    }
  }

  @Test
  void spendsAnAllotmentOverTheMonthAndTheMoneyOnTop() {
    MonthSimulation s =
        new MonthSimulation(List.of(monthly("5")), Models.perGigabyte("0.50", "20"), NOVEMBER, 18);
    s.until(NOVEMBER.plus(Duration.ofDays(7)));
    assertEquals(0, s.view().spent().signum(), "20 GB are included");
    assertTrue(s.spentEver / Money.PICOS > 2, "and kept, at their list price");
    Forecast.Known known = (Forecast.Known) s.view().forecast();
    assertTrue(known.expected().compareTo(Money.of("2", "USD")) > 0, known.toString());
    s.until(DECEMBER.minusSeconds(120));
    assertTrue(spent(s) <= 5 && spent(s) > 4.5, () -> "" + spent(s));
    assertEquals(15, s.spentEver / Money.PICOS, .5, "5 USD and 20 GB at 0.50");
  }

  @Test
  void beginsTheNextPeriodWithNewMoney() {
    MonthSimulation s = simulation("10", 7);
    s.until(DECEMBER.plus(Duration.ofHours(12)));
    assertTrue(spent(s) > 0 && spent(s) < .5, () -> "" + spent(s));
    assertEquals(DECEMBER, s.view().from());
    assertEquals(Instant.parse("2027-01-01T00:00:00Z"), s.view().to());
  }

  @Test
  void paysInTheRhythmOfTheTrafficOnceItKnowsIt() {
    MonthSimulation s = simulation("10", 8);
    s.until(NOVEMBER.plus(Duration.ofDays(21)));
    double[] peak = keptShare(s, NOVEMBER.plus(Duration.ofDays(22)).plus(Duration.ofHours(13)));
    double[] night = keptShare(s, NOVEMBER.plus(Duration.ofDays(23)).plus(Duration.ofHours(1)));
    // A uniform pace would keep nineteen times the share at night.
    assertTrue(night[0] / peak[0] < 4, () -> night[0] + " at night, " + peak[0] + " at noon");
  }

  private static double[] keptShare(MonthSimulation s, Instant from) {
    s.until(from);
    double spent = s.spentEver;
    double demand = s.demandEver;
    s.until(from.plus(Duration.ofHours(2)));
    return new double[] {(s.spentEver - spent) / (s.demandEver - demand)};
  }

  @Test
  void survivesJumpsOfTheWallClock() {
    for (long jump :
        new long[] {
          3_600_000L,
          -3_600_000L,
          86_400_000L,
          -86_400_000L,
          millisTo("2200-01-01T00:00:00Z"),
          -millisTo("2026-01-01T00:00:00Z")
        }) {
      for (Duration lasts : List.of(Duration.ofMinutes(5), Duration.ofHours(30))) {
        MonthSimulation s = simulation("10", jump + lasts.toMinutes());
        Instant from = NOVEMBER.plus(Duration.ofDays(12)).plus(Duration.ofHours(5));
        Instant to = from.plus(lasts);
        s.wall =
            millis ->
                millis >= from.toEpochMilli() && millis < to.toEpochMilli()
                    ? Math.max(0, millis + jump)
                    : millis;
        s.until(DECEMBER.minusSeconds(120));
        double ever = s.spentEver / Money.PICOS;
        String what = jump + " ms for " + lasts + ": " + ever;
        assertTrue(ever <= 10.0001, what);
        assertTrue(ever > 8, what);
      }
    }
  }

  private static long millisTo(String instant) {
    return Instant.parse(instant).toEpochMilli() - NOVEMBER.toEpochMilli();
  }

  @Test
  void forecastsWithABandThatHoldsAndSaysWhenItCannot() {
    MonthSimulation s = simulation("1000", 9);
    s.until(NOVEMBER.plus(Duration.ofHours(5)));
    assertTrue(
        s.view().forecast() instanceof Forecast.NotEnoughData(String reason, Duration comesIn)
            && reason.equals(
                "not enough data: 5 of 8 stretches of 60 min seen; a forecast comes in 3 h")
            && comesIn.toHours() == 3,
        () -> s.view().forecast().toString());
    int inside = 0;
    int outside = 0;
    for (long seed = 100; seed < 112; seed++) {
      MonthSimulation m = simulation("1000", seed);
      double trend = 1 + .02 * (seed % 5 - 2);
      m.spansPerSecond = at -> OFFICE.applyAsDouble(at) * Math.pow(trend, day(at) / 7.0);
      m.until(NOVEMBER.plus(Duration.ofDays(15)));
      Forecast.Known known = (Forecast.Known) m.view().forecast();
      m.until(DECEMBER.minusSeconds(120));
      Money real = m.view().spent();
      boolean holds = real.compareTo(known.low()) >= 0 && real.compareTo(known.high()) <= 0;
      inside += holds ? 1 : 0;
      outside += holds ? 0 : 1;
      double error = known.expected().amount().doubleValue() / real.amount().doubleValue();
      assertTrue(Math.abs(error - 1) < .15, () -> known + " and then " + real);
    }
    assertTrue(inside >= 8, "inside " + inside + ", outside " + outside);
  }

  @Test
  void expectsTheWholeBudgetToGoWhenDemandIsHigher() {
    MonthSimulation s = simulation("10", 10);
    s.until(NOVEMBER.plus(Duration.ofDays(10)));
    Forecast.Known known = (Forecast.Known) s.view().forecast();
    assertEquals(10, known.expected().amount().doubleValue(), .7);
    assertTrue(known.high().compareTo(Money.of("10", "USD")) <= 0);
  }

  @Test
  void savedIsTheBillOfAllLessTheBillOfWhatWasKeptLessItsOwnCost() {
    MonthSimulation s = simulation("10", 11);
    s.controller.ownCost(Money.of("0.75", "USD"));
    s.until(DECEMBER.minusSeconds(120));
    double all = s.demandEver / Money.PICOS;
    BudgetView view = s.view();
    assertEquals(all - spent(s), view.avoided().amount().doubleValue(), all * 1e-3);
    assertEquals(view.avoided().minus(Money.of("0.75", "USD")), view.saved());
  }

  @Test
  void goesOnAfterARestartAsIfNothingHadBeen() {
    MonthSimulation s = simulation("10", 12);
    s.until(NOVEMBER.plus(Duration.ofDays(20)));
    byte[] saved = BudgetState.save(s.controller);
    assertTrue(saved.length < 20_000, () -> saved.length + " bytes");
    BudgetState.Restored restored =
        BudgetState.restore(saved, List.of(monthly("10")), Models.perGigabyte("0.50"));
    assertTrue(restored.warning().isEmpty());
    BudgetController next = restored.controller();
    next.purse(name -> null);
    next.tick(5, s.now.toEpochMilli());
    BudgetView before = s.view();
    BudgetView after = next.view().budgets().getFirst();
    assertEquals(before.spent(), after.spent());
    assertEquals(before.avoided(), after.avoided());
    assertEquals(
        before.allowancePerSecond(), after.allowancePerSecond(), before.allowancePerSecond() * .1);
  }

  @Test
  void aRestartInTheNextMonthBeginsAnewButKeepsTheRhythm() {
    MonthSimulation s = simulation("10", 13);
    s.until(NOVEMBER.plus(Duration.ofDays(25)));
    BudgetController next =
        BudgetState.restore(
                BudgetState.save(s.controller), List.of(monthly("10")), Models.perGigabyte("0.50"))
            .controller();
    next.tick(5, DECEMBER.plus(Duration.ofHours(26)).toEpochMilli());
    assertEquals(0, next.view().budgets().getFirst().spent().signum());
    double night = next.view().budgets().getFirst().allowancePerSecond();
    next.tick(11_000_000_000L, DECEMBER.plus(Duration.ofHours(26)).toEpochMilli() + 11_000);
    BudgetController noon =
        BudgetState.restore(
                BudgetState.save(s.controller), List.of(monthly("10")), Models.perGigabyte("0.50"))
            .controller();
    noon.tick(5, DECEMBER.plus(Duration.ofHours(38)).toEpochMilli());
    assertTrue(noon.view().budgets().getFirst().allowancePerSecond() > 3 * night);
  }

  @Test
  void ignoresDamagedBooksWithAWarning() {
    MonthSimulation s = simulation("10", 14);
    s.until(NOVEMBER.plus(Duration.ofDays(2)));
    byte[] saved = BudgetState.save(s.controller);
    for (int i = 0; i < saved.length; i += 7) {
      byte[] damaged = saved.clone();
      damaged[i] ^= 0x10;
      var restored =
          BudgetState.restore(damaged, List.of(monthly("10")), Models.perGigabyte("0.50"));
      assertTrue(restored.warning().orElse("").startsWith("saved budgets are ignored"), "" + i);
      restored.controller().tick(1, NOVEMBER.toEpochMilli());
      assertEquals(0, restored.controller().view().budgets().getFirst().spent().signum());
    }
    for (int length : new int[] {0, 1, 12, 13, 40, saved.length - 1}) {
      var restored =
          BudgetState.restore(
              java.util.Arrays.copyOf(saved, length),
              List.of(monthly("10")),
              Models.perGigabyte("0.50"));
      assertTrue(restored.warning().isPresent(), "" + length);
    }
  }

  @Test
  void refusesWhatCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> monthly("-1"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new BillingPeriod(BillingPeriod.Length.DAY, ZoneId.of("UTC"), 32));
    Budget euros =
        new Budget(
            "eur",
            Money.of("1", "EUR"),
            BillingPeriod.monthly(ZoneOffset.UTC),
            Map.of(),
            Budget.Limits.NONE);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new BudgetController(List.of(euros), Models.perGigabyte("1")))
            .getMessage();
    assertTrue(message.contains("is in EUR, the price list in USD"), message);
  }
}
