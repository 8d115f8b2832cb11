package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import org.jspecify.annotations.Nullable;

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
  private PeriodSums current;

  /**
   * Of a longer period that the budget had before, until that ends: who gives it that period again
   * must not get its money twice.
   */
  private @Nullable PeriodSums longer;

  Account(Budget budget, Currency currency) {
    this.budget = budget;
    rhythm = new Rhythm(budget.period().zone());
    history = new SpendHistory(seconds(budget.period()));
    current = new PeriodSums(Instant.EPOCH, Instant.EPOCH, currency);
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
    if (longer != null && !now.isBefore(longer.end) && !jumped) {
      longer = null;
    }
    if (!now.isBefore(current.start) && now.isBefore(current.end)) {
      return false;
    }
    boolean carries = jumped || now.isBefore(current.start);
    Instant start = budget.period().start(now);
    Instant end = budget.period().end(now);
    current = carries ? current.within(start, end) : new PeriodSums(start, end, current.currency());
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
    add(PeriodSums.SPENT, amount);
  }

  void avoid(Money amount) {
    add(PeriodSums.AVOIDED, amount);
  }

  void ownCost(Money amount) {
    add(PeriodSums.OWN_COST, amount);
  }

  private void add(int sum, Money amount) {
    current.add(sum, amount);
    if (longer != null) {
      longer.add(sum, amount);
    }
  }

  Instant start() {
    return current.start;
  }

  Instant end() {
    return current.end;
  }

  Money spent() {
    return current.sum(PeriodSums.SPENT);
  }

  /** What is left of the budget, never below zero; only where there is an amount. */
  Money left(Money amount) {
    return amount.minus(spent()).max(Money.zero(current.currency()));
  }

  BudgetView view(Forecast forecast, double allowancePerSecond) {
    return new BudgetView(
        budget,
        start(),
        end(),
        spent(),
        current.sum(PeriodSums.AVOIDED),
        current.sum(PeriodSums.OWN_COST),
        forecast,
        allowancePerSecond);
  }

  void write(DataOutput out) throws IOException {
    current.write(out);
    rhythm.write(out);
    history.write(out);
    PeriodSums before = longer;
    out.writeBoolean(before != null);
    if (before != null) {
      before.write(out);
    }
  }

  /**
   * Goes on with saved books. Where the budget has another period now, its bounds are new, and what
   * was spent stays spent; but what was spent in a longer one says nothing of a shorter, and is
   * remembered beside it until that longer one ends.
   */
  void read(DataInput in) throws IOException {
    try {
      PeriodSums saved = PeriodSums.read(in, current.currency());
      rhythm.read(in);
      history.read(in);
      PeriodSums before = readLonger(in);
      if (before != null && !isLonger(before)) {
        goOn(before); // it has gone on beside the shorter one
      } else if (saved != null && isLonger(saved)) {
        longer = before == null ? saved : before;
      } else {
        longer = before;
        if (saved != null) {
          goOn(saved);
        }
      }
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException("account " + budget.name(), e);
    }
  }

  /** Null also in a file that was written before there were any. */
  private @Nullable PeriodSums readLonger(DataInput in) throws IOException {
    try {
      return in.readBoolean() ? PeriodSums.read(in, current.currency()) : null;
    } catch (EOFException e) {
      return null;
    }
  }

  private boolean isLonger(PeriodSums saved) {
    Instant middle = saved.middle();
    Duration own = Duration.between(budget.period().start(middle), budget.period().end(middle));
    return saved.length().compareTo(own.multipliedBy(2)) > 0;
  }

  private void goOn(PeriodSums saved) {
    Instant middle = saved.middle();
    current = saved.within(budget.period().start(middle), budget.period().end(middle));
  }
}
