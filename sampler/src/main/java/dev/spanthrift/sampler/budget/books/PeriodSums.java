package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.model.Money;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Currency;
import org.jspecify.annotations.Nullable;

/** What was booked in one period: {@link #SPENT}, {@link #AVOIDED} and {@link #OWN_COST}. */
final class PeriodSums {
  static final int SPENT = 0;
  static final int AVOIDED = 1;
  static final int OWN_COST = 2;
  private static final int SUMS = 3;

  final Instant start;
  final Instant end;
  private final Money[] sums;

  /** Nothing yet. */
  PeriodSums(Instant start, Instant end, Currency currency) {
    this(start, end, zeros(currency));
  }

  private PeriodSums(Instant start, Instant end, Money[] sums) {
    this.start = start;
    this.end = end;
    this.sums = sums;
  }

  private static Money[] zeros(Currency currency) {
    Money[] zeros = new Money[SUMS];
    Arrays.fill(zeros, Money.zero(currency));
    return zeros;
  }

  /** The same sums in another period. */
  PeriodSums within(Instant otherStart, Instant otherEnd) {
    return new PeriodSums(otherStart, otherEnd, sums.clone());
  }

  void add(int sum, Money amount) {
    sums[sum] = sums[sum].plus(amount);
  }

  Money sum(int sum) {
    return sums[sum];
  }

  Currency currency() {
    return sums[SPENT].currency();
  }

  Duration length() {
    return Duration.between(start, end);
  }

  Instant middle() {
    return start.plus(length().dividedBy(2));
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(start.getEpochSecond());
    out.writeLong(end.getEpochSecond());
    out.writeUTF(currency().getCurrencyCode());
    for (Money sum : sums) {
      out.writeUTF(sum.amount().toString());
    }
  }

  /** Null where they are in another currency. */
  static @Nullable PeriodSums read(DataInput in, Currency currency) throws IOException {
    Instant start = Instant.ofEpochSecond(in.readLong());
    Instant end = Instant.ofEpochSecond(in.readLong());
    boolean isSame = in.readUTF().equals(currency.getCurrencyCode());
    Money[] sums = new Money[SUMS];
    for (int i = 0; i < SUMS; i++) {
      sums[i] = money(in, currency);
    }
    return isSame ? new PeriodSums(start, end, sums) : null;
  }

  private static Money money(DataInput in, Currency currency) throws IOException {
    BigDecimal amount = new BigDecimal(in.readUTF());
    if (amount.precision() > 100 || Math.abs((long) amount.scale()) > 100) {
      throw new IOException("an amount of " + amount.precision() + " digits");
    }
    return new Money(amount, currency);
  }
}
