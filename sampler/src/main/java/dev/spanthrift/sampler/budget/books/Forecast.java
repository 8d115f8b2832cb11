package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.model.Money;
import java.time.Duration;

/** What will have been spent when the period ends. */
public sealed interface Forecast {
  /** The band holds it in 80 of 100 cases if the coming days are like the last ones. */
  record Known(Money expected, Money low, Money high) implements Forecast {}

  /**
   * Why nobody can say yet.
   *
   * @param reason a sentence for people
   * @param comesIn time with traffic until there is one; zero where nobody knows
   */
  record NotEnoughData(String reason, Duration comesIn) implements Forecast {}
}
