package dev.spanthrift.sampler.budget.books;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.model.Allotment;
import dev.spanthrift.sampler.budget.price.model.Meter;
import dev.spanthrift.sampler.budget.price.model.Models;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeveralBudgetsTest {
  private static final Instant NOON = Instant.parse("2026-11-10T12:00:00Z");

  private long nanos = 1;
  private Instant now = NOON;

  private static Budget budget(
      String name, String amount, Map<String, String> scope, Budget.Limits limits) {
    return new Budget(
        name,
        Money.of(amount, "USD"),
        new BillingPeriod(BillingPeriod.Length.DAY, ZoneOffset.UTC, 1),
        scope,
        limits);
  }

  private static Budget budget(String name, String amount, Map<String, String> scope) {
    return budget(name, amount, scope, Budget.Limits.NONE);
  }

  private void pass(BudgetController controller, int seconds) {
    nanos += seconds * 1_000_000_000L;
    now = now.plusSeconds(seconds);
    controller.tick(nanos, now.toEpochMilli());
  }

  /** Keeps as much of a flow as its purse allows, in whole spans of a microdollar. */
  private static void flow(Purse purse, int spans, int seconds) {
    purse.received(1_000L * spans * seconds, (long) spans * seconds, 0, 0);
    double each = 1e6; // picos
    long kept =
        (long) Math.min((double) spans * seconds, purse.allowancePerSecond() * seconds / each);
    purse.kept(1_000 * kept, kept, 0, 0);
    purse.outstanding(0);
  }

  private static Pricing perSpan() {
    return Models.pricing(
        Models.model(Models.charge(Meter.SPANS, "1000000 Spans", Models.flat("1"))));
  }

  @Test
  void allThatMatchMustHoldAndNobodyStarves() {
    BudgetController controller =
        new BudgetController(
            List.of(
                budget("all", "10", Map.of()),
                budget("shop", "8", Map.of("namespace", "shop")),
                budget("cart", "1", Map.of("namespace", "shop", "service", "cart"))),
            perSpan());
    Map<String, String> cartResource = Map.of("namespace", "shop", "service", "cart");
    Purse cart = controller.purse(cartResource::get);
    Purse shop = controller.purse(Map.of("namespace", "shop", "service", "pay")::get);
    Purse rest = controller.purse(Map.of("namespace", "bank")::get);
    assertSame(cart, controller.purse(cartResource::get));
    assertNotSame(cart, shop);
    pass(controller, 0);
    for (int i = 0; i < 12 * 360 - 12; i++) {
      flow(cart, 1_000, 10);
      flow(shop, 100, 10);
      flow(rest, 100, 10);
      pass(controller, 10);
    }
    double[] spent =
        controller.view().budgets().stream()
            .mapToDouble(view -> view.spent().amount().doubleValue())
            .toArray();
    String what = java.util.Arrays.toString(spent);
    assertTrue(spent[0] <= 10 && spent[0] > 9, what);
    assertTrue(spent[2] <= 1 && spent[2] > .9, what);
    assertTrue(spent[1] <= 8 && spent[1] > 4, what);
    // Rest and the shop's other service have the same demand and share what cart leaves.
    assertEquals(4.4, spent[0] - spent[1], .4, what);
    assertEquals(4.4, spent[1] - spent[2], .4, what);
  }

  /** After a restart the level is there again before the controller has planned with it. */
  @Test
  void s5_moneyThatARestoredLevelHoldsIsNotAllowedTwice() {
    BudgetController controller =
        new BudgetController(List.of(budget("all", "10", Map.of())), perSpan());
    Purse purse = controller.purse(key -> null);
    pass(controller, 0);
    assertTrue(purse.allowancePerSecond() > 0);
    purse.outstanding(.5e12);
    pass(controller, 1);
    double first = purse.allowancePerSecond();
    assertEquals(
        9.5e12, first * (12 * 3600 - 1), 9.5e9, "what is told first is planned with at once");
    purse.outstanding(.2e12);
    pass(controller, 1);
    assertEquals(first, purse.allowancePerSecond(), "the next plan is due after ten seconds");
    pass(controller, 10);
    assertEquals(9.8e12, purse.allowancePerSecond() * (12 * 3600 - 12), 9.8e9);
    purse.outstanding(Double.NaN);
    pass(controller, 10);
    double allowed = purse.allowancePerSecond() * (12 * 3600 - 22);
    assertEquals(9.8e12, allowed, 9.8e9, "what is not known changes nothing");
    purse.outstanding(10e12);
    pass(controller, 10);
    double rest = 12 * 3600 - 32;
    double most = 10e12 / (1 + 3_600 / rest);
    assertEquals(
        most, purse.allowancePerSecond() * rest, 1e10, "no bucket holds more of this rate");
  }

  @Test
  void partsOfABillSumToTheBillToTheLastDigit() {
    BudgetController controller =
        new BudgetController(
            List.of(
                budget("all", "10", Map.of()),
                budget("a", "8", Map.of("team", "a")),
                budget("b", "8", Map.of("team", "b")),
                budget("c", "8", Map.of("team", "c"))),
            perSpan());
    pass(controller, 0);
    for (int i = 0; i < 50; i++) {
      int spans = i;
      List.of("a", "b", "c")
          .forEach(
              team -> controller.purse(Map.of("team", team)::get).kept(1, 7L * spans + 1, 0, 0));
      pass(controller, 1);
    }
    List<BudgetView> views = controller.view().budgets();
    Money teams = views.get(1).spent().plus(views.get(2).spent()).plus(views.get(3).spent());
    assertEquals(views.getFirst().spent(), teams);
    assertEquals(Money.of("0.025875", "USD"), teams);
  }

  @Test
  void whatNoBudgetPaysForIsNotLimited() {
    BudgetController controller =
        new BudgetController(List.of(budget("a", "1", Map.of("team", "a"))), perSpan());
    pass(controller, 0);
    Purse free = controller.purse(name -> null);
    assertTrue(free.allowancePerSecond() == Purse.UNLIMITED);
    free.kept(1_000_000, 1_000, 0, 0);
    pass(controller, 10);
    assertEquals(0, controller.view().budgets().getFirst().spent().signum());
  }

  @Test
  void aThousandScopesShareABoundedNumberOfPurses() {
    List<Budget> budgets = new java.util.ArrayList<>();
    for (int i = 0; i < 32; i++) {
      budgets.add(budget("b" + i, "1", Map.of("k" + i, "v")));
    }
    BudgetController controller = new BudgetController(budgets, perSpan());
    java.util.Set<Purse> purses = new java.util.HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      int bits = i * 7_919;
      purses.add(
          controller.purse(
              key -> (bits >> Integer.parseInt(key.substring(1)) % 16 & 1) == 1 ? "v" : "x"));
    }
    assertTrue(purses.size() <= 65, () -> "" + purses.size());
  }

  @Test
  void minimaHoldWhileThereIsMoneyAndSoftOnesEvenAfter() {
    for (boolean hard : new boolean[] {true, false}) {
      Budget.Limits limits = new Budget.Limits(.5, 1, null, null, 1, hard);
      BudgetController controller =
          new BudgetController(List.of(budget("all", "0.1", Map.of(), limits)), perSpan());
      Purse purse = controller.purse(name -> null);
      pass(controller, 0);
      for (int i = 0; i < 360; i++) {
        flow(purse, 100, 10);
        pass(controller, 10);
      }
      double spent = controller.view().budgets().getFirst().spent().amount().doubleValue();
      assertEquals(hard ? .1 : .18, spent, .005);
      assertTrue(spent <= .1 || !hard, () -> "" + spent);
    }
  }

  @Test
  void maximaHoldThoughThereIsMoney() {
    Budget.Limits share = new Budget.Limits(0, .1, null, null, 1, true);
    Budget.Limits hourly = new Budget.Limits(0, 1, null, Money.of("0.036", "USD"), 1, true);
    for (Budget.Limits limits : List.of(share, hourly)) {
      BudgetController controller =
          new BudgetController(List.of(budget("all", "100", Map.of(), limits)), perSpan());
      Purse purse = controller.purse(name -> null);
      pass(controller, 0);
      for (int i = 0; i < 360; i++) {
        flow(purse, 100, 10);
        pass(controller, 10);
      }
      double spent = controller.view().budgets().getFirst().spent().amount().doubleValue();
      assertEquals(.036, spent, .003);
    }
  }

  @Test
  void policiesThatKeepForCertainTakeTheirShareOnly() {
    Budget.Limits limits = new Budget.Limits(0, 1, null, null, .25, true);
    BudgetController controller =
        new BudgetController(List.of(budget("all", "4.32", Map.of(), limits)), perSpan());
    Purse purse = controller.purse(name -> null);
    pass(controller, 0);
    long admitted = 0;
    for (int i = 0; i < 3_600; i++) {
      for (int n = 0; n < 1_000; n++) {
        admitted += purse.mustKeep().admits(1_000_000) ? 1 : 0;
      }
      pass(controller, 1);
    }
    assertEquals(4.32 / 12 * .25 * 1e6, admitted, 3_000);
    assertTrue(purse.mustKeep().refused() > 3_000_000);
  }

  @Test
  void saysWhenSamplingSavesNothing() {
    Pricing included =
        Models.pricing(
            Models.model(
                Models.charge(
                    Meter.SPANS,
                    "1000000 Spans",
                    Models.flat("1"),
                    Models.fixed("1000", Allotment.Mode.DEDUCT))));
    BudgetController controller =
        new BudgetController(List.of(budget("all", "1", Map.of())), included);
    Purse purse = controller.purse(name -> null);
    pass(controller, 0);
    purse.received(1_000_000, 1_000, 0, 50);
    pass(controller, 10);
    assertTrue(controller.view().free());
    assertEquals(MoneyView.Gain.ALL_INCLUDED, controller.view().gain());
    assertTrue(purse.allowancePerSecond() > 100 * controller.price().price(1_000, 1));
    for (int i = 0; i < 100; i++) {
      purse.received(1_000_000_000, 1_000_000, 0, 50_000);
      pass(controller, 10);
    }
    assertFalse(controller.view().free());
    assertEquals(MoneyView.Gain.MONEY, controller.view().gain());

    BudgetController free =
        new BudgetController(
            List.of(budget("all", "1", Map.of())),
            Models.pricing(Models.model(Models.charge(Meter.HOSTS, "Hosts", Models.flat("31")))));
    pass(free, 0);
    assertTrue(free.price().nominal());
    assertEquals(MoneyView.Gain.NOTHING_COSTS, free.view().gain());
  }

  @Test
  void zeroTrafficAndZeroMoneyAndHugeMoneyAreDefined() {
    for (String amount : List.of("0", "0.000000000001", "1e15", "9e30")) {
      BudgetController controller =
          new BudgetController(List.of(budget("all", amount, Map.of())), perSpan());
      Purse purse = controller.purse(name -> null);
      pass(controller, 0);
      for (int i = 0; i < 20; i++) {
        pass(controller, 3_600);
      }
      assertTrue(Double.isFinite(purse.allowancePerSecond()), amount);
      assertTrue(purse.allowancePerSecond() <= Purse.UNLIMITED, amount);
      assertEquals(amount.startsWith("0"), purse.allowancePerSecond() == 0, amount);
      purse.received(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
      purse.kept(Long.MAX_VALUE, Long.MAX_VALUE, 0, 0);
      purse.kept(5, 5, 5, 5);
      purse.received(-7, -7, -7, -7);
      pass(controller, 10);
      assertTrue(controller.view().budgets().getFirst().spent().signum() > 0);
      assertTrue(Double.isFinite(purse.allowancePerSecond()), amount);
    }
  }
}
