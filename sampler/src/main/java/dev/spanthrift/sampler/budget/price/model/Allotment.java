package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A quantity that is included.
 *
 * @param quantity in the charge's pricing units; for {@link Kind#PER} so many for each unit of the
 *     other meter, for {@link Kind#SHARE} a fraction of the other meter
 * @param of the other meter; none for a fixed quantity
 * @param pooled over what it is shared, such as the account; for people
 */
public record Allotment(
    Quoted quantity, Kind kind, @Nullable Meter of, Mode mode, @Nullable String pooled) {
  /** What the quantity stands for. */
  public enum Kind {
    FIXED,
    PER,
    SHARE
  }

  /** What is billed once it is exceeded: the excess, or all. */
  public enum Mode {
    DEDUCT,
    CLIFF
  }

  public Allotment {
    if ((of == null) != (kind == Kind.FIXED)) {
      throw new IllegalArgumentException("an allotment is fixed, or per or a share of a meter");
    }
  }

  BigDecimal included(Usage usage, PricingUnit unit) {
    BigDecimal others = of == null ? BigDecimal.ONE : usage.of(of);
    BigDecimal product = quantity.value().multiply(others, Money.PRECISION);
    return kind == Kind.SHARE ? unit.unitsOf(product) : product;
  }
}
