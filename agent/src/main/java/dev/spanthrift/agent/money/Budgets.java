package dev.spanthrift.agent.money;

import dev.spanthrift.agent.config.settings.BudgetSettings;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.sampler.budget.books.BillingPeriod;
import dev.spanthrift.sampler.budget.books.Budget;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.model.Aggregation;
import dev.spanthrift.sampler.budget.price.model.ByteEstimator;
import dev.spanthrift.sampler.budget.price.model.Charge;
import dev.spanthrift.sampler.budget.price.model.Evidence;
import dev.spanthrift.sampler.budget.price.model.Meter;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.budget.price.model.PriceModel;
import dev.spanthrift.sampler.budget.price.model.PricingUnit;
import dev.spanthrift.sampler.budget.price.model.Provenance;
import dev.spanthrift.sampler.budget.price.model.Quoted;
import dev.spanthrift.sampler.budget.price.model.Rounding;
import dev.spanthrift.sampler.budget.price.model.SpanCounters;
import dev.spanthrift.sampler.budget.price.model.TierCurve;
import dev.spanthrift.sampler.budget.price.model.Usage;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings become price list and budgets. */
public final class Budgets {
  private static final String WATCH = "all";

  private Budgets() {}

  /**
   * The price list of the settings.
   *
   * @throws ModelException when the model is unknown, wrong, or has no price
   */
  public static Pricing pricing(SpanthriftSettings.Price price) throws ModelException {
    PriceModel model = price.model() == null ? flat(price) : PriceModels.load(price.model());
    // The plain price is for spans as they are counted here, without a share of the resource.
    SpanCounters means =
        price.model() == null
            ? SpanCounters.USUAL.with(SpanCounters.USUAL.spanBytes(), 0, 1)
            : SpanCounters.USUAL;
    try {
      return new Pricing(model, price.calibration(), usage(model, price.usage()), means);
    } catch (IllegalArgumentException e) {
      throw problem("price.model", String.valueOf(price.model()), String.valueOf(e.getMessage()));
    }
  }

  /** A model of one charge, which is the plain price. */
  private static PriceModel flat(SpanthriftSettings.Price price) {
    Provenance settings =
        new Provenance("now", Evidence.OPERATOR, List.of("price.perGb of the settings"));
    Charge bytes =
        new Charge(
            "flat.bytes",
            Meter.BYTES,
            PricingUnit.parse("GB", Meter.BYTES),
            TierCurve.flat(new Quoted(price.perGb(), settings)),
            null,
            List.of(),
            null,
            Window.MONTH,
            Aggregation.SUM,
            Rounding.NONE,
            ByteEstimator.OTLP_PROTO_AMORTIZED,
            null,
            null,
            Map.of(),
            true,
            settings,
            null);
    return new PriceModel(
        "flat",
        "settings",
        "traces",
        "price.perGb",
        "",
        settings,
        price.currency(),
        null,
        ZoneOffset.UTC,
        null,
        List.of(bytes),
        List.of(),
        List.of(),
        List.of());
  }

  private static Usage usage(PriceModel model, Map<String, String> given) throws ModelException {
    Map<Meter, BigDecimal> quantities = new EnumMap<>(Meter.class);
    for (Map.Entry<String, String> entry : given.entrySet()) {
      String key = "price.usage." + entry.getKey();
      Meter meter = Meter.of(entry.getKey()).orElse(null);
      if (meter == null) {
        List<String> known =
            model.charges().stream().map(charge -> charge.meter().id()).distinct().toList();
        throw problem(key, entry.getValue(), "a meter of the model: " + String.join(", ", known));
      }
      quantities.put(meter, quantity(key, entry.getValue()));
    }
    return new Usage(quantities);
  }

  private static BigDecimal quantity(String key, String text) throws ModelException {
    try {
      BigDecimal quantity = new BigDecimal(text.strip());
      if (quantity.signum() >= 0 && quantity.precision() - quantity.scale() <= 18) {
        return quantity;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw problem(key, text, "a number from 0, such as 5");
  }

  /** The budgets of the settings; without any, one that only keeps the books. */
  public static List<Budget> budgets(SpanthriftSettings settings, Currency list)
      throws ModelException {
    return budgets(settings.budgets(), list);
  }

  /** The same of budgets that do not stand in the settings. */
  static List<Budget> budgets(List<BudgetSettings> settings, Currency list) throws ModelException {
    if (settings.isEmpty()) {
      BillingPeriod month = BillingPeriod.monthly(ZoneOffset.UTC);
      return List.of(new Budget(WATCH, null, month, Map.of(), Budget.Limits.NONE));
    }
    for (int i = 0; i < settings.size(); i++) {
      Currency own = settings.get(i).currency();
      if (own != null && !own.equals(list)) {
        throw problem(
            "budgets[" + i + "].currency",
            own.getCurrencyCode(),
            list + ", which is the price list's; amounts are not converted");
      }
    }
    return settings.stream().map(budget -> budget(budget, list)).toList();
  }

  private static Budget budget(BudgetSettings s, Currency currency) {
    BillingPeriod.Length length =
        switch (s.period()) {
          case HOUR -> BillingPeriod.Length.HOUR;
          case DAY -> BillingPeriod.Length.DAY;
          case MONTH -> BillingPeriod.Length.MONTH;
        };
    return new Budget(
        s.name(),
        new Money(s.amount(), currency),
        new BillingPeriod(length, s.zone(), s.firstDay()),
        s.scope(),
        new Budget.Limits(
            s.keepMin().value(),
            s.keepMax().value(),
            money(s.hourlyMin(), currency),
            money(s.hourlyMax(), currency),
            s.policyShareMax().value(),
            s.hard()));
  }

  private static @Nullable Money money(@Nullable BigDecimal amount, Currency currency) {
    return amount == null ? null : new Money(amount, currency);
  }

  private static ModelException problem(String key, String value, String right) {
    return new ModelException(List.of(new SettingProblem(key, value, "", right)));
  }
}
