package dev.spanthrift.agent.control.spend;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.http.Note;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Money of one period: the first budget's, or of all traffic where there is none; amounts in units
 * of the currency.
 *
 * <p>{@code saved = savedGross − ownCost}. Spent and saved are by the bill, as the vendor would
 * write it: an allotment of 50 GB costs nothing, and so saves nothing.
 *
 * @param scope whose money: fleet or sidecar
 * @param currency ISO 4217 code
 * @param model the price model's name
 * @param pricePerGigabyte list price of 10^9 bytes of the spans of late, before compression: at the
 *     highest tier that this window reaches if it goes on like this, allotments aside. Pacing and
 *     allocation count with it, because it stays the same for days
 * @param nextGigabyte what the next 10^9 bytes add to the bill: less than the list price while an
 *     allotment or a commitment lasts
 * @param priceRemark why these two differ, if they do
 * @param budget for the whole period; none: nothing is limited
 * @param spent since the period began, or since start when that was later
 * @param savedGross what the dropped would have added to the bill
 * @param saved the same less own cost; below zero when this program costs more than it saves
 * @param ownCost processor time and memory of this program, at {@code price.ownCpuHour} and {@code
 *     price.ownMemoryGbHour}
 * @param forecast none while there is too little data
 * @param noForecast why there is none
 * @param remark such as that sampling now saves nothing
 * @param budgets each with its own books
 * @param notes {@code priceRemark}, {@code noForecast} and {@code remark} by code
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Spend(
    String scope,
    String currency,
    String model,
    double pricePerGigabyte,
    double nextGigabyte,
    @Nullable String priceRemark,
    CoveredPeriod period,
    @Nullable Double budget,
    double spent,
    double savedGross,
    double saved,
    double ownCost,
    @Nullable ForecastBand forecast,
    @Nullable String noForecast,
    @Nullable String remark,
    List<BudgetSpend> budgets,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Note> notes) {

  public static final String FLEET = "fleet";
  public static final String SIDECAR = "sidecar";

  /** What the figures cover; {@code to} is missing when it has no end. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record CoveredPeriod(String name, Instant from, @Nullable Instant to) {}

  /** Money at the end of the period, with the band that holds it in 80 of 100 cases. */
  public record ForecastBand(double expected, double low, double high) {}

  /**
   * The books of one budget; fields as above.
   *
   * @param scope resource attributes of the traces that it pays for; empty: all
   * @param allowancePerHour what may be spent at the pace of now
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BudgetSpend(
      String name,
      Map<String, String> scope,
      CoveredPeriod period,
      @Nullable Double budget,
      double spent,
      double savedGross,
      double saved,
      double ownCost,
      @Nullable ForecastBand forecast,
      @Nullable String noForecast,
      @Nullable Double allowancePerHour,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Note> notes) {}

  public Spend {
    budgets = List.copyOf(budgets);
    notes = Map.copyOf(notes);
  }
}
