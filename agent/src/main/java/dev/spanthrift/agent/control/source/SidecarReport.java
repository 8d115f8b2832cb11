package dev.spanthrift.agent.control.source;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a sidecar tells the controller about itself; all counts since its start, so that a report
 * that is lost costs nothing. It comes from whoever has a pod: what is missing counts as nothing,
 * as an older sidecar means it, and what no sidecar can say is refused.
 *
 * @param hash of the bundle in force; empty for none
 * @param refused why the bundle that came last is not; null when it is
 * @param refusedObjects whose fault that is, as the bundle names them; none where nobody can say,
 *     and then all of it is refused
 * @param received spans, and their encoded bytes; likewise kept and dropped
 * @param failed spans that were kept and could not be delivered
 * @param refusedRequests that the ports sent back
 * @param shadowLess what policies in shadow would have dropped and was kept
 * @param shadowMore what they would have kept and was dropped
 * @param currency ISO 4217 code of the money
 * @param spent in this period, which may begin anew at any time
 * @param saved likewise, by what was dropped
 * @param pricePerGigabyte list price of 10^9 bytes of spans
 * @param budgets money spent of each, in its period
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SidecarReport(
    String hash,
    @Nullable String refused,
    List<String> refusedObjects,
    Amount received,
    Amount kept,
    Amount dropped,
    long failed,
    long refusedRequests,
    Amount shadowLess,
    Amount shadowMore,
    String currency,
    double spent,
    double saved,
    double pricePerGigabyte,
    Map<String, Double> budgets) {

  public SidecarReport {
    hash = hash == null ? "" : hash;
    refusedObjects = refusedObjects == null ? List.of() : List.copyOf(refusedObjects);
    received = received == null ? Amount.NONE : received;
    kept = kept == null ? Amount.NONE : kept;
    dropped = dropped == null ? Amount.NONE : dropped;
    shadowLess = shadowLess == null ? Amount.NONE : shadowLess;
    shadowMore = shadowMore == null ? Amount.NONE : shadowMore;
    currency = currency == null ? "" : currency;
    budgets = budgets == null ? Map.of() : Map.copyOf(budgets);
    require(failed >= 0 && refusedRequests >= 0, "a count below zero");
    require(currency.length() <= CURRENCY_MAX, "a currency of " + currency.length() + " letters");
    require(
        Double.isFinite(saved), "saved: " + saved); // below zero where it costs more than it saves
    requireMoney("spent", spent);
    requireMoney("pricePerGigabyte", pricePerGigabyte);
    budgets.values().forEach(money -> requireMoney("budgets", money));
  }

  private static final int CURRENCY_MAX = 16;

  private static void requireMoney(String key, double money) {
    require(money >= 0 && Double.isFinite(money), key + ": " + money);
  }

  private static void require(boolean holds, String words) {
    if (!holds) {
      throw new IllegalArgumentException(words);
    }
  }

  /** Whether it refuses what an object says. */
  public boolean refuses(String object) {
    return refused != null && (refusedObjects.isEmpty() || refusedObjects.contains(object));
  }

  /** Money spent of a budget; 0 of one that is not known. */
  public double spentOf(String budget) {
    return budgets.getOrDefault(budget, 0.0);
  }

  /** Spans and their bytes. */
  public record Amount(long spans, long bytes) {
    public static final Amount NONE = new Amount(0, 0);

    public Amount {
      require(spans >= 0 && bytes >= 0, "a count below zero");
    }
  }
}
