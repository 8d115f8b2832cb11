package dev.spanthrift.agent.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTextTest {
  private static final SpanPrice PRICE = new SpanPrice(500, 0, 0, 0, 0, 1, false);

  @Test
  void aShareIsAShareOfWhatArrives() {
    assertEquals(
        new Allowance.ShareOfTraffic(0.1), BudgetText.parse("10%", PRICE, "USD").allowance());
    assertEquals(
        new Allowance.ShareOfTraffic(0.005), BudgetText.parse(" .5 % ", PRICE, "USD").allowance());
  }

  @Test
  void moneyByTimeIsPicosPerSecond() {
    assertEquals(
        new Allowance.PerSecond(1e12), BudgetText.parse("3600/hour", PRICE, "USD").allowance());
    assertEquals(
        new Allowance.PerSecond(1e12),
        BudgetText.parse("86400 usd / Day", PRICE, "USD").allowance());
    assertEquals(
        Duration.ofMinutes(2), BudgetText.parse("1/hour", PRICE, "USD").allocation().carryOver());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "ten", "-5%", "101%", "5/year2", "5 EUR/day", "-1/day", "5", "1e3/day"})
  void anythingElseIsRefusedWithWhatWouldBeRight(String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> BudgetText.parse(text, PRICE, "USD"));
    assertTrue(String.valueOf(refused.getMessage()).length() > 10);
  }

  /** One body of digits kept a core busy for a minute; what it is told does not repeat them. */
  @Test
  void aTextOfThousandsOfDigitsIsRefusedUnread() {
    String digits = "1".repeat(250_000);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> BudgetText.parse(digits, PRICE, "USD"));
    assertTrue(String.valueOf(refused.getMessage()).length() < 200);
  }

  @Test
  void moneyWithoutAPriceIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> BudgetText.parse("5/day", SpanPrice.NOMINAL, "USD"));
  }

  @Test
  void isPlayedWithTheAllocationInForceAndTheWaitOfItsOwnPeriod() {
    AllocationSettings hourly =
        AllocationSettings.DEFAULT.forPeriod(Duration.ofHours(1)).withAskAfter(Duration.ZERO);
    AllocationSettings month = BudgetText.parse("25/month", PRICE, "USD", hourly).allocation();
    assertEquals(AllocationSettings.DEFAULT.carryOver(), month.carryOver());
    assertEquals(Duration.ZERO, month.askAfter());
    assertEquals(hourly, BudgetText.parse("10%", PRICE, "USD", hourly).allocation());
  }
}
