package dev.spanthrift.agent.config.settings;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Money for some traces in each period. */
public record BudgetSettings(
    @Setting(value = "Name on the page and in the API.", byDefault = "all") String name,
    @Setting(value = "Money for one period.", required = true) BigDecimal amount,
    @Setting("Its currency, ISO 4217; the price list's if absent, and it must be that one.")
        @Nullable Currency currency,
    @Setting(value = "hour, day or month.", byDefault = "month") Period period,
    @Setting(value = "Time zone in which periods begin.", byDefault = "UTC") ZoneId zone,
    @Setting(value = "Day of the month on which a monthly one begins.", byDefault = "1")
        int firstDay,
    @Setting(
            "Resource attributes and the values they must have, such as"
                + " {k8s.namespace.name: shop}; all traces if empty.")
        Map<String, String> scope,
    @Setting(
            value = "Share of the received price that is kept at least, while there is money.",
            byDefault = "0")
        Probability keepMin,
    @Setting(value = "Share of the received price that is kept at most.", byDefault = "1")
        Probability keepMax,
    @Setting("Money for an hour that is spent at least, while there is money.")
        @Nullable BigDecimal hourlyMin,
    @Setting("Money for an hour that is spent at most.") @Nullable BigDecimal hourlyMax,
    @Setting(
            value =
                "Share of the money that policies which keep for certain may take; what they would"
                    + " keep beyond it is left to the budget.",
            byDefault = "1")
        Probability policyShareMax,
    @Setting(
            value = "false: the minima go on when the money is gone, and the budget is overspent.",
            byDefault = "true")
        boolean hard,
    @Setting(
            "Whose money it is: fleet, one amount for all sidecars of the fleet, or sidecar, the"
                + " amount for each; fleet where a fleet is configured.")
        @Nullable Share share) {

  /** Who spends it. */
  public enum Share {
    FLEET,
    SIDECAR;

    /** As it is written. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How long. */
  public enum Period {
    HOUR,
    DAY,
    MONTH;

    /** As it is written. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final BigDecimal MOST = new BigDecimal("1e15");

  public BudgetSettings {
    scope = Map.copyOf(scope);
    new Checks()
        .that(!name.isBlank(), "name", name, "write a name")
        .that(isAmount(amount), "amount", amount, "from 0 to 1e15")
        .between("firstDay", firstDay, 1, 31)
        .that(
            keepMin.value() <= keepMax.value(),
            "keepMin",
            keepMin.value(),
            "at most keepMax, " + keepMax.value())
        .that(keepMax.value() > 0, "keepMax", keepMax.value(), "above 0")
        .that(hourlyMin == null || isAmount(hourlyMin), "hourlyMin", hourlyMin, "from 0 to 1e15")
        .that(hourlyMax == null || isAmount(hourlyMax), "hourlyMax", hourlyMax, "from 0 to 1e15")
        .that(
            hourlyMin == null || hourlyMax == null || hourlyMin.compareTo(hourlyMax) <= 0,
            "hourlyMin",
            hourlyMin,
            "at most hourlyMax")
        .done();
  }

  private static boolean isAmount(BigDecimal amount) {
    return amount.signum() >= 0 && amount.compareTo(MOST) <= 0;
  }
}
