package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigDecimal;
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
  private static final int SPENT = 0;
  private static final int AVOIDED = 1;
  private static final int OWN_COST = 2;

  final Budget budget;
  final Rhythm rhythm;
  final SpendHistory history;
  final RecentTraffic recent = new RecentTraffic(MIX_SECONDS);
  private Instant start = Instant.EPOCH;
  private Instant end = Instant.EPOCH;
  private Money spent;
  private Money avoided;
  private Money ownCost;

  /**
   * Of a longer period that the budget had before, until that ends: who gives it that period again
   * must not get its money twice.
   */
  private @Nullable PeriodSums longer;

  /** What was booked in one period: {@link #SPENT}, {@link #AVOIDED} and {@link #OWN_COST}. */
  private static final class PeriodSums {
    final Instant start;
    final Instant end;
    private final Money[] sums;

    PeriodSums(Instant start, Instant end, Money[] sums) {
      this.start = start;
      this.end = end;
      this.sums = sums.clone();
    }

    void add(int sum, Money amount) {
      sums[sum] = sums[sum].plus(amount);
    }
  }

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
    if (longer != null && !now.isBefore(longer.end) && !jumped) {
      longer = null;
    }
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
    ofLonger(SPENT, amount);
  }

  void avoid(Money amount) {
    avoided = avoided.plus(amount);
    ofLonger(AVOIDED, amount);
  }

  void ownCost(Money amount) {
    ownCost = ownCost.plus(amount);
    ofLonger(OWN_COST, amount);
  }

  private void ofLonger(int sum, Money amount) {
    if (longer != null) {
      longer.add(sum, amount);
    }
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
    write(out, start, end, new Money[] {spent, avoided, ownCost});
    rhythm.write(out);
    history.write(out);
    PeriodSums before = longer;
    out.writeBoolean(before != null);
    if (before != null) {
      write(out, before.start, before.end, before.sums);
    }
  }

  private static void write(DataOutput out, Instant start, Instant end, Money[] sums)
      throws IOException {
    out.writeLong(start.getEpochSecond());
    out.writeLong(end.getEpochSecond());
    out.writeUTF(sums[SPENT].currency().getCurrencyCode());
    for (Money sum : sums) {
      out.writeUTF(sum.amount().toString());
    }
  }

  /**
   * Goes on with saved books. Where the budget has another period now, its bounds are new, and what
   * was spent stays spent; but what was spent in a longer one says nothing of a shorter, and is
   * remembered beside it until that longer one ends.
   */
  void read(DataInput in) throws IOException {
    try {
      PeriodSums saved = sums(in);
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

  /** Null where they are in another currency. */
  private @Nullable PeriodSums sums(DataInput in) throws IOException {
    Instant savedStart = Instant.ofEpochSecond(in.readLong());
    Instant savedEnd = Instant.ofEpochSecond(in.readLong());
    boolean isSame = in.readUTF().equals(spent.currency().getCurrencyCode());
    Money[] sums = {money(in), money(in), money(in)};
    return isSame ? new PeriodSums(savedStart, savedEnd, sums) : null;
  }

  /** Null also in a file that was written before there were any. */
  private @Nullable PeriodSums readLonger(DataInput in) throws IOException {
    try {
      return in.readBoolean() ? sums(in) : null;
    } catch (EOFException e) {
      return null;
    }
  }

  private boolean isLonger(PeriodSums saved) {
    Instant within = within(saved);
    Duration own = Duration.between(budget.period().start(within), budget.period().end(within));
    return Duration.between(saved.start, saved.end).compareTo(own.multipliedBy(2)) > 0;
  }

  private static Instant within(PeriodSums saved) {
    return saved.start.plus(Duration.between(saved.start, saved.end).dividedBy(2));
  }

  private void goOn(PeriodSums saved) {
    start = budget.period().start(within(saved));
    end = budget.period().end(within(saved));
    spent = saved.sums[SPENT];
    avoided = saved.sums[AVOIDED];
    ownCost = saved.sums[OWN_COST];
  }

  private Money money(DataInput in) throws IOException {
    BigDecimal amount = new BigDecimal(in.readUTF());
    if (amount.precision() > 100 || Math.abs((long) amount.scale()) > 100) {
      throw new IOException("an amount of " + amount.precision() + " digits");
    }
    return new Money(amount, spent.currency());
  }
}
