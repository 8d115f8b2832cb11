package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A budget in one word: {@code 10%} of the price of what arrives, or {@code 25/month}, {@code 25
 * USD/month}.
 *
 * @param allocation of the program that is asked, fitted to the period
 */
public record BudgetText(Allowance allowance, AllocationSettings allocation) {
  private static final double PICOS = 1e12;
  private static final int TEXT_MAX = 64;
  // Possessive: what has many digits is looked at once, not once for each of them.
  private static final String NUMBER = "((?:[0-9]++(?:\\.[0-9]++)?+)|(?:\\.[0-9]++))";
  private static final Pattern SHARE = Pattern.compile(NUMBER + "\\s*+%");
  private static final Pattern AMOUNT =
      Pattern.compile(NUMBER + "\\s*+([A-Za-z]{3})?+\\s*+/\\s*+([A-Za-z]+)");
  private static final Map<String, Duration> PERIODS =
      Map.of(
          "second", Duration.ofSeconds(1),
          "minute", Duration.ofMinutes(1),
          "hour", Duration.ofHours(1),
          "day", Duration.ofDays(1),
          "week", Duration.ofDays(7),
          "month", Duration.ofMinutes(43_830)); // a twelfth of a year of 365.25 days

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException saying what would be right
   */
  public static BudgetText parse(String text, SpanPrice price, String currency) {
    return parse(text, price, currency, AllocationSettings.DEFAULT);
  }

  /** The same, where the allocation in force is another one. */
  public static BudgetText parse(
      String text, SpanPrice price, String currency, AllocationSettings inForce) {
    if (text.length() > TEXT_MAX) {
      throw new IllegalArgumentException(
          "a budget is 10% or 25/month: at most " + TEXT_MAX + " characters");
    }
    Matcher share = SHARE.matcher(text.strip());
    if (share.matches()) {
      double percent = Double.parseDouble(share.group(1));
      if (percent > 100) {
        throw new IllegalArgumentException("a budget of more than 100 % is none: " + text);
      }
      return new BudgetText(new Allowance.ShareOfTraffic(percent / 100), inForce);
    }
    Matcher amount = AMOUNT.matcher(text.strip());
    Duration period =
        amount.matches() ? PERIODS.get(amount.group(3).toLowerCase(Locale.ROOT)) : null;
    if (period == null) {
      throw new IllegalArgumentException(
          "a budget is 10% or 25/month (second, minute, hour, day, week, month); not " + text);
    }
    if (amount.group(2) != null && !amount.group(2).equalsIgnoreCase(currency)) {
      throw new IllegalArgumentException(
          "the budget is in " + amount.group(2) + ", the price in " + currency);
    }
    if (price.nominal()) {
      throw new IllegalArgumentException("an amount of money needs a price above 0");
    }
    double picos = Double.parseDouble(amount.group(1)) * PICOS;
    return new BudgetText(
        new Allowance.PerSecond(picos / period.toSeconds()),
        // How long money waits is by this period, not by that of the budget in force.
        inForce.withCarryOver(AllocationSettings.DEFAULT.carryOver()).forPeriod(period));
  }
}
