package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How fast a budget may be spent, from what is left of it.
 *
 * <pre>
 * free  traffic that still costs nothing in the vendor's window
 * paid  further traffic that the money left buys, at the real bill
 * rate  = (free + paid − min(outstanding, rate · carry)) · density(now) / ∫ density over the rest
 * </pre>
 *
 * <p>All at the list price of {@link SpanPrice}, which is never below the real one, so that what is
 * spent at this rate costs at most the money left. Where the vendor's window ends first, only its
 * part of the money is looked at; where the period ends first, only its part of what is free. The
 * rest is never shorter than a minute, and no plan gives more than what is left until the next one.
 *
 * <p>What is outstanding counts for no more than an allocation's bucket holds at the rate that
 * comes out: what other budgets, or none, had allowed before expires at the allocation's next tick,
 * and would hold back the first traces under these. Where minima are granted, the bucket holds what
 * they fill it with, so that a hard budget ends with its money.
 */
final class Pacing {
  static final double PLAN_SECONDS = 10;
  private static final double REST_SECONDS_MIN = 60;

  private final Pricing pricing;
  private final double carrySeconds;

  /**
   * @param carrySeconds of the rate that wait at most until they are spent
   */
  Pacing(Pricing pricing, double carrySeconds) {
    this.pricing = pricing;
    this.carrySeconds = carrySeconds;
  }

  /**
   * Picos per second.
   *
   * @param used what was kept so far in each window, of all budgets
   * @param share of the demand of all, which is its part of what is free
   * @param demand picos per second if all were kept
   * @param outstanding allowed and not spent yet
   */
  double rate(
      Account account,
      Instant now,
      SpanPrice price,
      Map<Window, Traffic> used,
      double share,
      double demand,
      double outstanding) {
    Money amount = account.budget.amount();
    if (amount == null) {
      return bounded(account.budget.limits(), Purse.UNLIMITED, demand, true);
    }
    Instant windowEnd = pricing.window().end(now, pricing.model().zone());
    double toPeriodEnd = account.rhythm.between(now, account.end());
    double toWindowEnd = account.rhythm.between(now, windowEnd);
    double freePart = toWindowEnd > 0 ? Math.min(1, toPeriodEnd / toWindowEnd) : 1;
    double moneyPart = toPeriodEnd > 0 ? Math.min(1, toWindowEnd / toPeriodEnd) : 1;
    Traffic mix = account.recent.mix();
    Money left = account.left(amount);
    double perMix = price.picos(mix);
    Money here = left.times(BigDecimal.valueOf(moneyPart));
    double free = pricing.affordable(used, mix, Money.zero(left.currency()), perMix);
    double all = pricing.affordable(used, mix, here, perMix);
    double mixes = free * freePart * share + Math.max(0, all - free);
    double density = account.rhythm.density(now);
    double rest = Math.max(Math.min(toPeriodEnd, toWindowEnd), density * REST_SECONDS_MIN);
    double whole = mixes * perMix;
    double part = density / rest;
    double even = whole * part / (1 + part * carrySeconds);
    double bucket = carrySeconds * Math.max(even, least(account.budget.limits(), demand));
    double total = Math.max(0, whole - Math.min(outstanding, bucket));
    boolean hasMoney = total > 0;
    double rate = bounded(account.budget.limits(), total * part, demand, hasMoney);
    return account.budget.limits().hard() ? Math.min(rate, total / PLAN_SECONDS) : rate;
  }

  private static double bounded(
      Budget.Limits limits, double rate, double demand, boolean hasMoney) {
    double bounded = Math.min(rate, Purse.UNLIMITED);
    if (limits.keepMax() < 1 && demand > 0) {
      bounded = Math.min(bounded, limits.keepMax() * demand);
    }
    if (limits.spendMax() != null) {
      bounded = Math.min(bounded, perSecond(limits.spendMax()));
    }
    if (hasMoney || !limits.hard()) {
      bounded = Math.max(bounded, least(limits, demand));
    }
    return bounded;
  }

  private static double least(Budget.Limits limits, double demand) {
    return Math.max(limits.keepMin() * demand, perSecond(limits.spendMin()));
  }

  private static double perSecond(@Nullable Money perHour) {
    return perHour == null ? 0 : perHour.picos() / 3600;
  }
}
