package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * How long spans are kept by the vendor, which makes stored quantities out of bytes.
 *
 * @param includedDays that cost nothing
 * @param days that the operator asks for
 * @param incrementDays further days are sold in pieces of so many
 * @param ratio stored bytes by billable bytes, such as 0.25 where a store compresses fourfold
 */
public record Retention(
    Quoted includedDays, BigDecimal days, @Nullable Quoted incrementDays, @Nullable Quoted ratio) {
  private static final BigDecimal GB = BigDecimal.valueOf(1_000_000_000L);
  private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);
  private static final BigDecimal DAYS_OF_MONTH = new BigDecimal("30.4375");

  public Retention {
    if (days.signum() < 0) {
      throw new IllegalArgumentException("days below zero: " + days.toPlainString());
    }
  }

  /** Quantity of a stored meter for one byte. */
  public BigDecimal perByte(Meter meter) {
    BigDecimal extra = days.subtract(includedDays.value()).max(BigDecimal.ZERO);
    BigDecimal kept = ratio == null ? extra : extra.multiply(ratio.value(), Money.PRECISION);
    return switch (meter) {
      case GIB_DAYS_RETAINED -> kept.divide(GIB, Money.PRECISION);
      case GB_STORED_MONTH ->
          kept.divide(DAYS_OF_MONTH, Money.PRECISION).divide(GB, Money.PRECISION);
      case GB_RETAINED_EXT -> increments(extra).divide(GB, Money.PRECISION);
      default -> BigDecimal.ZERO;
    };
  }

  private BigDecimal increments(BigDecimal extra) {
    return incrementDays == null
        ? extra
        : extra.divide(incrementDays.value(), 0, RoundingMode.CEILING);
  }
}
