package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Currency;

/**
 * An exact amount of one currency; amounts of two currencies never meet.
 *
 * <p>Trailing zeros are gone, so that equal amounts are equal records.
 */
public record Money(BigDecimal amount, Currency currency) implements Comparable<Money> {
  /** Precision of products and quotients, in digits: far below a cent of any budget. */
  public static final MathContext PRECISION = MathContext.DECIMAL128;

  /** Parts of a currency unit that the data path counts in. */
  public static final double PICOS = 1e12;

  public Money {
    amount = amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
  }

  public static Money zero(Currency currency) {
    return new Money(BigDecimal.ZERO, currency);
  }

  public static Money of(String amount, String currency) {
    return new Money(new BigDecimal(amount), Currency.getInstance(currency));
  }

  public Money plus(Money other) {
    return new Money(amount.add(same(other)), currency);
  }

  public Money minus(Money other) {
    return new Money(amount.subtract(same(other)), currency);
  }

  public Money times(BigDecimal factor) {
    return new Money(amount.multiply(factor, PRECISION), currency);
  }

  public Money max(Money other) {
    return amount.compareTo(same(other)) >= 0 ? this : other;
  }

  public Money min(Money other) {
    return amount.compareTo(same(other)) <= 0 ? this : other;
  }

  public int signum() {
    return amount.signum();
  }

  /** In 10^-12 of the currency; what a double cannot hold exactly is rounded. */
  public double picos() {
    return amount.doubleValue() * PICOS;
  }

  @Override
  public int compareTo(Money other) {
    return amount.compareTo(same(other));
  }

  private BigDecimal same(Money other) {
    if (!currency.equals(other.currency)) {
      throw new IllegalArgumentException(
          "cannot reckon " + currency + " with " + other.currency + ": set one currency");
    }
    return other.amount;
  }

  @Override
  public String toString() {
    return amount.toPlainString() + " " + currency;
  }
}
