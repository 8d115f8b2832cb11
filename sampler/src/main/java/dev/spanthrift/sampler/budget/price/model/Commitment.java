package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Usage paid in advance, used or not; what is left at the end of the window expires.
 *
 * @param quantity committed, in pricing units; none while the operator has not said: then all usage
 *     counts as within it
 * @param fee for the commitment; none: what the quantity costs at the charge's price
 * @param overageMultiplier of the charge's price for what goes beyond
 */
public record Commitment(
    @Nullable Quoted quantity, @Nullable Quoted fee, Quoted overageMultiplier) {

  BigDecimal cost(TierCurve curve, BigDecimal units) {
    if (quantity == null) {
      return curve.cost(units);
    }
    BigDecimal committed = curve.cost(quantity.value());
    BigDecimal paid = fee == null ? committed : fee.value();
    BigDecimal beyond = curve.cost(units).subtract(committed).max(BigDecimal.ZERO);
    return paid.add(beyond.multiply(overageMultiplier.value(), Money.PRECISION));
  }

  /** Whether one more unit is still paid for. */
  boolean covers(BigDecimal units) {
    return quantity != null && units.compareTo(quantity.value()) < 0;
  }
}
