package dev.spanthrift.sampler.budget;

import dev.spanthrift.sampler.budget.price.Money;

/** What will have been spent when the period ends. */
public sealed interface Forecast {
  /** The band holds it in 80 of 100 cases if the coming days are like the last ones. */
  record Known(Money expected, Money low, Money high) implements Forecast {}

  /** Why nobody can say yet; a sentence for people. */
  record NotEnoughData(String reason) implements Forecast {}
}
