package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;

/**
 * The books of one budget: what was spent and avoided in the current period, and how traffic goes.
 *
 * <p>A period that a jump of the clock began keeps what had been spent: only time that really
 * passed brings new money.
 */
final class Account {
  private static final double MIX_SECONDS = 3600;

  final Budget budget;
  final Rhythm rhythm;
  final SpendHistory history;
  final RecentTraffic recent = new RecentTraffic(MIX_SECONDS);
  private Instant start = Instant.EPOCH;
  private Instant end = Instant.EPOCH;
  private Money spent;
  private Money avoided;
  private Money ownCost;

  Account(Budget budget, Currency currency) {
    this.budget = budget;
    rhythm = new Rhythm(budget.period().zone());
    history = new SpendHistory(seconds(budget.period()));
    spent = Money.zero(currency);
    avoided = spent;
    ownCost = spent;
  }

  private static double seconds(BillingPeriod period) {
    return switch (period.length()) {
      case HOUR -> 3600;
      case DAY -> 86_400;
      case MONTH -> 30 * 86_400;
    };
  }

  /** Begins a new period when it is time; answers whether it did. */
  boolean roll(Instant now, boolean jumped) {
    if (!now.isBefore(start) && now.isBefore(end)) {
      return false;
    }
    boolean carries = jumped || now.isBefore(start);
    start = budget.period().start(now);
    end = budget.period().end(now);
    if (!carries) {
      spent = Money.zero(spent.currency());
      avoided = spent;
      ownCost = spent;
    }
    return true;
  }

  /** Takes this tick's traffic of the purses that it pays for. */
  void observe(
      Instant now, Traffic received, Traffic kept, SpanPrice price, double elapsedSeconds) {
    rhythm.observe(now, (double) received.bytes(), elapsedSeconds);
    recent.observe(received, elapsedSeconds);
    history.observe(price.picos(kept), rhythm.density(now), elapsedSeconds);
  }

  void spend(Money amount) {
    spent = spent.plus(amount);
  }

  void avoid(Money amount) {
    avoided = avoided.plus(amount);
  }

  void ownCost(Money amount) {
    ownCost = ownCost.plus(amount);
  }

  Instant start() {
    return start;
  }

  Instant end() {
    return end;
  }

  Money spent() {
    return spent;
  }

  /** What is left of the budget, never below zero; only where there is an amount. */
  Money left(Money amount) {
    return amount.minus(spent).max(Money.zero(spent.currency()));
  }

  BudgetView view(Forecast forecast, double allowancePerSecond) {
    return new BudgetView(
        budget, start, end, spent, avoided, ownCost, forecast, allowancePerSecond);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(start.getEpochSecond());
    out.writeLong(end.getEpochSecond());
    out.writeUTF(spent.currency().getCurrencyCode());
    out.writeUTF(spent.amount().toString());
    out.writeUTF(avoided.amount().toString());
    out.writeUTF(ownCost.amount().toString());
    rhythm.write(out);
    history.write(out);
  }

  /**
   * Goes on with saved books. Where the budget has another period now, its bounds are new, and what
   * was spent stays spent; but what was spent in a longer one says nothing of a shorter.
   */
  void read(DataInput in) throws IOException {
    try {
      Instant savedStart = Instant.ofEpochSecond(in.readLong());
      Instant savedEnd = Instant.ofEpochSecond(in.readLong());
      boolean isSame = in.readUTF().equals(spent.currency().getCurrencyCode());
      Money[] sums = {money(in), money(in), money(in)};
      rhythm.read(in);
      history.read(in);
      Duration length = Duration.between(savedStart, savedEnd);
      Instant within = savedStart.plus(length.dividedBy(2));
      Instant ownStart = budget.period().start(within);
      Instant ownEnd = budget.period().end(within);
      boolean wasLonger = length.compareTo(Duration.between(ownStart, ownEnd).multipliedBy(2)) > 0;
      if (isSame && !wasLonger) {
        start = ownStart;
        end = ownEnd;
        spent = sums[0];
        avoided = sums[1];
        ownCost = sums[2];
      }
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException("account " + budget.name(), e);
    }
  }

  private Money money(DataInput in) throws IOException {
    BigDecimal amount = new BigDecimal(in.readUTF());
    if (amount.precision() > 100 || Math.abs((long) amount.scale()) > 100) {
      throw new IOException("an amount of " + amount.precision() + " digits");
    }
    return new Money(amount, spent.currency());
  }
}
