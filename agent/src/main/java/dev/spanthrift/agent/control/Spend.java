package dev.spanthrift.agent.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Money of one period.
 *
 * @param currency ISO 4217 code
 * @param pricePerGigabyte of 10^9 bytes before compression
 * @param budget for the whole period; none: nothing is limited
 * @param spent since the period began, or since start when that was later
 * @param saved what the dropped would have cost
 * @param forecast none while there is too little data
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Spend(
    String currency,
    double pricePerGigabyte,
    Period period,
    @Nullable Double budget,
    double spent,
    double saved,
    @Nullable Forecast forecast) {

  /** What the figures cover; {@code to} is missing when it has no end. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Period(String name, Instant from, @Nullable Instant to) {}

  /** Money at the end of the period, with the band that holds it in 80 of 100 cases. */
  public record Forecast(double expected, double low, double high) {}
}
