package dev.spanthrift.sampler.budget.books;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.books.Budget.Limits;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.budget.price.model.Models;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How fast a budget may be spent, moment by moment. */
class PacingTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final double MONTH_SECONDS = 30 * 86_400;
  private static final double CARRY_SECONDS = 3_600;
  private static final double DOLLAR = Money.PICOS;

  private Pricing pricing = Models.perGigabyte("0.50");
  private Map<Window, Traffic> used = Map.of();

  private static Money usd(String amount) {
    return Money.of(amount, "USD");
  }

  private static Money picos(double picos) {
    return usd("1").times(BigDecimal.valueOf(picos / DOLLAR));
  }

  private static Account account(String amount, Limits limits) {
    Money money = amount == null ? null : usd(amount);
    BillingPeriod month = BillingPeriod.monthly(ZoneOffset.UTC);
    return account(new Budget("b", money, month, Map.of(), limits));
  }

  private static Account account(Budget budget) {
    Account account = new Account(budget, usd("1").currency());
    assertTrue(account.roll(START, false));
    return account;
  }

  private double rate(Account account, Instant now, double demand, double outstanding) {
    SpanPrice price = pricing.spanPrice(used, used, account.recent.mix());
    return new Pacing(pricing, CARRY_SECONDS)
        .rate(account, now, price, used, 1, demand, outstanding);
  }

  @Test
  void spreadsWhatIsLeftEvenlyOverTheRestOfThePeriod() {
    Account account = account("60", Limits.NONE);
    assertEquals(60 * DOLLAR / MONTH_SECONDS, rate(account, START, 0, 0), DOLLAR * 1e-9);
    account.spend(usd("20"));
    Instant later = START.plus(Duration.ofDays(20));
    assertEquals(40 * DOLLAR / (10 * 86_400), rate(account, later, 0, 0), DOLLAR * 1e-9);
  }

  @Test
  void whoeverSpendsAtTheRateHasSpentAllAtTheEndAndNeverMore() {
    Random random = new Random(SEED);
    BillingPeriod hour = new BillingPeriod(BillingPeriod.Length.HOUR, ZoneOffset.UTC, 1);
    for (int run = 0; run < 20; run++) {
      Account account = account(new Budget("b", usd("60"), hour, Map.of(), Limits.NONE));
      int seconds = 0;
      while (seconds < 3_600) {
        int step = Math.min(3_600 - seconds, random.nextInt(1, (int) Pacing.PLAN_SECONDS + 1));
        account.spend(picos(rate(account, START.plusSeconds(seconds), 0, 0) * step));
        seconds += step;
        assertTrue(account.spent().compareTo(usd("60.000001")) <= 0, "seed " + SEED);
      }
      assertTrue(account.spent().compareTo(usd("59")) > 0, () -> "" + account.spent());
    }
  }

  @Test
  void whatIsAllowedAndNotYetSpentIsNotAllowedTwice() {
    Account account = account("60", Limits.NONE);
    Instant lastHour = START.plusSeconds((long) (MONTH_SECONDS - CARRY_SECONDS));
    double free = rate(account, lastHour, 0, 0);
    double half = rate(account, lastHour, 0, 30 * DOLLAR);
    assertEquals(free / 2, half, free * 1e-6);
    double all = rate(account, lastHour, 0, 61 * DOLLAR);
    assertEquals(free / 2, all, free * 1e-6, "what waits at that rate and what comes in are all");
  }

  /** Without a budget an allowance is a thousand dollars a second: then a budget comes. */
  @Test
  void whatNoBucketHoldsAtThisRateIsNotOutstanding() {
    Account account = account("60", Limits.NONE);
    double free = rate(account, START, 0, 0);
    double later = rate(account, START, 0, 10_000 * DOLLAR);
    assertEquals(free / (1 + CARRY_SECONDS / MONTH_SECONDS), later, free * 1e-6);
  }

  /** Else a minimum would be granted with every plan from the same last cent. */
  @Test
  void whatMinimaFilledTheBucketWithIsNotGrantedAgainByAHardBudget() {
    double demand = DOLLAR / 1_000;
    Account account = account("60", new Limits(.2, 1, null, null, 1, true));
    account.spend(usd("59.99"));
    Instant later = START.plusSeconds(100);
    assertEquals(.2 * demand, rate(account, later, demand, 0), 1e-6 * demand);
    assertEquals(0, rate(account, later, demand, .01 * DOLLAR));
  }

  @Test
  void nothingIsAllowedWhenTheMoneyIsGoneUnlessTheMinimumIsSoft() {
    double demand = DOLLAR / 1_000;
    Limits hard = new Limits(.2, 1, null, null, 1, true);
    Limits soft = new Limits(.2, 1, null, null, 1, false);
    for (Limits limits : new Limits[] {hard, soft}) {
      Account account = account("60", limits);
      account.spend(usd("60"));
      double expected = limits.hard() ? 0 : .2 * demand;
      assertEquals(expected, rate(account, START.plusSeconds(100), demand, 0));
    }
  }

  @Test
  void theLimitsHoldWhateverIsLeft() {
    Random random = new Random(SEED);
    for (int i = 0; i < 500; i++) {
      double keepMin = random.nextDouble(.5);
      double keepMax = keepMin + random.nextDouble(1 - keepMin);
      boolean hard = random.nextBoolean();
      Limits limits = new Limits(keepMin, keepMax, null, usd("0.5"), 1, hard);
      Account account = account("" + random.nextInt(1, 5_000), limits);
      double demand = DOLLAR * random.nextDouble() / 3_600;
      Instant now = START.plusSeconds(random.nextInt((int) MONTH_SECONDS));
      double rate = rate(account, now, demand, 0);
      assertTrue(rate >= 0 && Double.isFinite(rate), "seed " + SEED);
      assertTrue(rate <= keepMax * demand + 1e-6, "no more than the largest share");
      assertTrue(rate <= Math.max(.5 * DOLLAR / 3_600, keepMin * demand) + 1e-6);
      assertTrue(rate >= keepMin * demand - 1e-6 || hard, "no less than the smallest share");
    }
  }

  @Test
  void whereThereIsNoAmountOnlyTheLimitsBound() {
    assertEquals(Purse.UNLIMITED, rate(account(null, Limits.NONE), START, DOLLAR, 0));
    Limits half = new Limits(0, .5, null, null, 1, true);
    assertEquals(DOLLAR / 2, rate(account(null, half), START, DOLLAR, 0));
    Limits hourly = new Limits(0, 1, null, usd("3.6"), 1, true);
    assertEquals(DOLLAR / 1_000, rate(account(null, hourly), START, DOLLAR, 0), 1);
  }

  @Test
  void whatIsFreeInTheVendorsWindowIsAddedAtItsListPrice() {
    pricing = Models.perGigabyte("0.50", "20");
    double withIt = rate(account("5", Limits.NONE), START, 0, 0);
    assertEquals(15 * DOLLAR / MONTH_SECONDS, withIt, 15 * DOLLAR / MONTH_SECONDS * .001);
    used = Map.of(Window.MONTH, new Traffic(20_000_000_000L, 1, 0, 0));
    double usedUp = rate(account("5", Limits.NONE), START, 0, 0);
    assertEquals(5 * DOLLAR / MONTH_SECONDS, usedUp, 5 * DOLLAR / MONTH_SECONDS * .001);
  }

  @Test
  void theLastSecondsOfAPeriodGiveNoMoreThanIsLeft() {
    Account account = account("60", Limits.NONE);
    Instant last = account.end().minusSeconds(1);
    double rate = rate(account, last, 0, 0);
    assertTrue(rate * Pacing.PLAN_SECONDS <= 60 * DOLLAR * 1.000001, "" + rate / DOLLAR);
    assertTrue(rate <= DOLLAR + 1, "over a minute at least");
    assertEquals(BigDecimal.ZERO.signum(), account.spent().signum());
  }
}
