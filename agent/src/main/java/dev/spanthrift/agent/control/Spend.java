package dev.spanthrift.agent.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Money of one period: the first budget's, or of all traffic where there is none.
 *
 * @param currency ISO 4217 code
 * @param model the price model's name
 * @param pricePerGigabyte of 10^9 bytes of the spans of late, before compression
 * @param budget for the whole period; none: nothing is limited
 * @param spent since the period began, or since start when that was later
 * @param saved what the dropped would have cost, less own cost
 * @param ownCost processor and memory of this program
 * @param forecast none while there is too little data
 * @param noForecast why there is none
 * @param remark such as that sampling now saves nothing
 * @param budgets each with its own books
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Spend(
    String currency,
    String model,
    double pricePerGigabyte,
    Period period,
    @Nullable Double budget,
    double spent,
    double saved,
    double ownCost,
    @Nullable Forecast forecast,
    @Nullable String noForecast,
    @Nullable String remark,
    List<OfBudget> budgets) {

  /** What the figures cover; {@code to} is missing when it has no end. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Period(String name, Instant from, @Nullable Instant to) {}

  /** Money at the end of the period, with the band that holds it in 80 of 100 cases. */
  public record Forecast(double expected, double low, double high) {}

  /**
   * The books of one budget; fields as above.
   *
   * @param scope resource attributes of the traces that it pays for; empty: all
   * @param allowancePerHour what may be spent at the pace of now
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record OfBudget(
      String name,
      Map<String, String> scope,
      Period period,
      @Nullable Double budget,
      double spent,
      double saved,
      double ownCost,
      @Nullable Forecast forecast,
      @Nullable String noForecast,
      @Nullable Double allowancePerHour) {}

  public Spend {
    budgets = List.copyOf(budgets);
  }
}
