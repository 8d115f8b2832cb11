package dev.spanthrift.agent.money;

import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.sampler.budget.books.BudgetView;
import dev.spanthrift.sampler.budget.books.Forecast;
import dev.spanthrift.sampler.budget.books.MoneyView;
import dev.spanthrift.sampler.budget.books.Purse;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The books as the API shows them. */
final class SpendBody {
  private static final long GIGABYTE = 1_000_000_000L;
  private static final int USUAL_SPANS = 2_000_000; // of 500 bytes

  private SpendBody() {}

  static Spend of(MoneyView view, String scope) {
    List<Spend.BudgetSpend> budgets = view.budgets().stream().map(SpendBody::budget).toList();
    if (budgets.isEmpty()) {
      throw new IllegalStateException("asked before the first tick");
    }
    Spend.BudgetSpend first = budgets.getFirst();
    return new Spend(
        scope,
        view.budgets().getFirst().spent().currency().getCurrencyCode(),
        view.model(),
        pricePerGigabyte(view.price()),
        number(view.nextGigabyte()),
        priceRemark(view),
        first.period(),
        first.budget(),
        first.spent(),
        first.savedGross(),
        first.saved(),
        first.ownCost(),
        first.forecast(),
        first.noForecast(),
        remark(view),
        budgets);
  }

  private static double pricePerGigabyte(SpanPrice price) {
    return price.nominal() ? 0 : price.price(GIGABYTE, USUAL_SPANS) / Money.PICOS;
  }

  private static @Nullable String priceRemark(MoneyView view) {
    double list = pricePerGigabyte(view.price());
    double next = number(view.nextGigabyte());
    return list > 0 && next < list * .99
        ? "less than the list price is paid while what is included or committed lasts"
        : null;
  }

  private static @Nullable String remark(MoneyView view) {
    if (view.clockDiffers()) {
      return "the clock has jumped; the new time counts once it has stood for ten minutes";
    }
    if (!view.savesNothing().isEmpty()) {
      return view.savesNothing();
    }
    BudgetView first = view.budgets().getFirst();
    return first.saved().signum() < 0
        ? "this program has cost more than it has saved: see savedGross and ownCost"
        : null;
  }

  private static Spend.BudgetSpend budget(BudgetView view) {
    Money amount = view.budget().amount();
    String name = view.budget().period().length().name().toLowerCase(Locale.ROOT);
    Spend.ForecastBand forecast =
        view.forecast() instanceof Forecast.Known known
            ? new Spend.ForecastBand(
                number(known.expected()), number(known.low()), number(known.high()))
            : null;
    String reason =
        view.forecast() instanceof Forecast.NotEnoughData missing ? missing.reason() : null;
    return new Spend.BudgetSpend(
        view.budget().name(),
        view.budget().scope(),
        new Spend.CoveredPeriod(name, view.from(), view.to()),
        amount == null ? null : number(amount),
        number(view.spent()),
        number(view.avoided()),
        number(view.saved()),
        number(view.ownCost()),
        forecast,
        reason,
        view.allowancePerSecond() < Purse.UNLIMITED
            ? view.allowancePerSecond() * 3600 / Money.PICOS
            : null);
  }

  private static double number(Money money) {
    return money.amount().doubleValue();
  }
}
