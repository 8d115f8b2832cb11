package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;

/** A number of a price list with its provenance. */
public record Quoted(BigDecimal value, Provenance provenance) {
  public Quoted {
    if (value.signum() < 0) {
      throw new IllegalArgumentException("below zero: " + value.toPlainString());
    }
  }
}
