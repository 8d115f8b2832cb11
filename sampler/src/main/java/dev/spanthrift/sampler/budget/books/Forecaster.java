package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Says what a budget will have spent at its period's end: usage goes on as in its history, and the
 * price list turns it into money, so that an allotment which will run out is seen coming.
 */
final class Forecaster {
  private final Pricing pricing;

  Forecaster(Pricing pricing) {
    this.pricing = pricing;
  }

  Forecast forecast(Account account, Instant now, SpanPrice price, Map<Window, Traffic> used) {
    SpendHistory history = account.history;
    if (history.count() < SpendHistory.SLOTS_MIN) {
      return notYet(history);
    }
    if (!account.recent.isKnown()) {
      return new Forecast.NotEnoughData(
          "not enough data: no traffic in the last hours", Duration.ZERO);
    }
    double weight = account.rhythm.between(now, account.end());
    double seconds = Math.max(0, Duration.between(now, account.end()).toSeconds());
    double[] picos = history.expect(weight, seconds);
    Money[] sums = new Money[3];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = capped(account, account.spent().plus(cost(account, now, price, used, picos[i])));
    }
    return new Forecast.Known(sums[0], sums[1], sums[2]);
  }

  private static Forecast notYet(SpendHistory history) {
    Duration left = Duration.ofSeconds((long) Math.ceil(history.secondsMissing()));
    String reason =
        "not enough data: "
            + history.count()
            + " of "
            + SpendHistory.SLOTS_MIN
            + " stretches of "
            + words(Duration.ofSeconds((long) history.slotSeconds()))
            + " seen; a forecast comes in "
            + words(left);
    return new Forecast.NotEnoughData(reason, left);
  }

  private static String words(Duration time) {
    if (time.toSeconds() < 120) {
      return time.toSeconds() + " s";
    }
    return time.toMinutes() < 120 ? time.toMinutes() + " min" : time.toHours() + " h";
  }

  private static Money capped(Account account, Money sum) {
    Money amount = account.budget.amount();
    return amount != null && account.budget.limits().hard()
        ? sum.min(amount.max(account.spent()))
        : sum;
  }

  /** The bill of more traffic of that list price, in this window and in later ones. */
  private Money cost(
      Account account, Instant now, SpanPrice price, Map<Window, Traffic> used, double picos) {
    Traffic mix = account.recent.mix();
    double mixes = picos / price.picos(mix);
    Instant windowEnd = pricing.window().end(now, pricing.model().zone());
    double toPeriodEnd = account.rhythm.between(now, account.end());
    double toWindowEnd = account.rhythm.between(now, windowEnd);
    double part = toPeriodEnd > 0 ? Math.min(1, toWindowEnd / toPeriodEnd) : 1;
    Money first = pricing.cost(Pricing.after(used, mix, mixes * part)).minus(pricing.cost(used));
    if (part >= 1) {
      return first;
    }
    double windowSeconds =
        Duration.between(pricing.window().start(now, pricing.model().zone()), windowEnd)
            .toSeconds();
    double later = Math.max(1, Math.ceil((toPeriodEnd - toWindowEnd) / windowSeconds));
    Money each = pricing.cost(Pricing.after(Map.of(), mix, mixes * (1 - part) / later));
    return first.plus(each.times(BigDecimal.valueOf(later)));
  }
}
