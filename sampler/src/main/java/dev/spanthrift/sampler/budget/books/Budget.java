package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.model.Money;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Money for the traces of some resources in each period.
 *
 * @param amount none: nothing is limited, the books are kept
 * @param scope resource attributes that must have these values; empty: all traces
 */
public record Budget(
    String name,
    @Nullable Money amount,
    BillingPeriod period,
    Map<String, String> scope,
    Limits limits) {

  /**
   * Bounds inside the budget.
   *
   * @param keepMin share of the received price that is paid for at least, while there is money
   * @param keepMax share of the received price that is paid for at most
   * @param spendMin per hour, likewise
   * @param spendMax per hour, likewise
   * @param policyShareMax share of the money that policies which keep for certain may take
   * @param hard the minima end with the money; soft: they go on and the budget is overspent
   */
  public record Limits(
      double keepMin,
      double keepMax,
      @Nullable Money spendMin,
      @Nullable Money spendMax,
      double policyShareMax,
      boolean hard) {
    public static final Limits NONE = new Limits(0, 1, null, null, 1, true);

    public Limits {
      check(keepMin >= 0 && keepMin <= 1, "keepMin not in [0, 1]");
      check(keepMax > 0 && keepMax <= 1, "keepMax not in (0, 1]");
      check(keepMin <= keepMax, "keepMin above keepMax");
      check(spendMin == null || spendMin.signum() >= 0, "spendMin below zero");
      check(spendMax == null || spendMax.signum() >= 0, "spendMax below zero");
      check(
          spendMin == null || spendMax == null || spendMin.compareTo(spendMax) <= 0,
          "spendMin above spendMax");
      check(policyShareMax >= 0 && policyShareMax <= 1, "policyShareMax not in [0, 1]");
    }
  }

  public Budget {
    scope = Map.copyOf(scope);
    check(!name.isBlank(), "a budget needs a name");
    check(amount == null || amount.signum() >= 0, "budget below zero: " + amount);
  }

  private static void check(boolean good, String otherwise) {
    if (!good) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
