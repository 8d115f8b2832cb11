package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** What the vendor does with a fraction of a pricing unit at the end of the window. */
public enum Rounding {
  NONE,
  FLOOR,
  CEILING;

  BigDecimal of(BigDecimal units) {
    return switch (this) {
      case NONE -> units;
      case FLOOR -> units.setScale(0, RoundingMode.FLOOR);
      case CEILING -> units.setScale(0, RoundingMode.CEILING);
    };
  }
}
