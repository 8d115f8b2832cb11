package dev.spanthrift.agent.money;

import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.sampler.budget.books.BudgetView;
import dev.spanthrift.sampler.budget.books.Forecast;
import dev.spanthrift.sampler.budget.books.MoneyView;
import dev.spanthrift.sampler.budget.books.Purse;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    Note priceNote = priceNote(view);
    Note remark = remark(view);
    Map<String, Note> notes = new HashMap<>(first.notes());
    if (priceNote != null) {
      notes.put("priceRemark", priceNote);
    }
    if (remark != null) {
      notes.put("remark", remark);
    }
    return new Spend(
        scope,
        view.budgets().getFirst().spent().currency().getCurrencyCode(),
        view.model(),
        pricePerGigabyte(view.price()),
        number(view.nextGigabyte()),
        priceNote == null ? null : priceNote.text(),
        first.period(),
        first.budget(),
        first.spent(),
        first.savedGross(),
        first.saved(),
        first.ownCost(),
        first.forecast(),
        first.noForecast(),
        remark == null ? null : remark.text(),
        budgets,
        notes);
  }

  private static double pricePerGigabyte(SpanPrice price) {
    return price.nominal() ? 0 : price.price(GIGABYTE, USUAL_SPANS) / Money.PICOS;
  }

  private static @Nullable Note priceNote(MoneyView view) {
    double list = pricePerGigabyte(view.price());
    double next = number(view.nextGigabyte());
    return list > 0 && next < list * .99 ? Note.of(NoteCode.INCLUDED_LEFT) : null;
  }

  private static @Nullable Note remark(MoneyView view) {
    if (view.clockDiffers()) {
      return Note.of(NoteCode.CLOCK_JUMPED);
    }
    boolean loses = view.budgets().getFirst().saved().signum() < 0;
    return switch (view.gain()) {
      case NOTHING_COSTS -> Note.of(NoteCode.NOTHING_COSTS);
      case LIMIT_KEPT ->
          Note.of(NoteCode.LIMIT_KEPT, "meter", view.broken().getFirst().meter().id());
      case ALL_INCLUDED -> Note.of(NoteCode.ALL_INCLUDED);
      case MONEY -> loses ? Note.of(NoteCode.COSTS_MORE) : null;
    };
  }

  /** The sentence itself is the forecaster's. */
  private static Map<String, Note> notes(Forecast forecast) {
    return switch (forecast) {
      case Forecast.Known known -> Map.of();
      case Forecast.NotEnoughData missing when missing.comesIn().isZero() ->
          Map.of("noForecast", Note.of(NoteCode.FORECAST_WITHOUT_TRAFFIC));
      case Forecast.NotEnoughData missing ->
          Map.of(
              "noForecast",
              Note.of(NoteCode.FORECAST_SOON, "seconds", missing.comesIn().toSeconds()));
    };
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
            : null,
        notes(view.forecast()));
  }

  private static double number(Money money) {
    return money.amount().doubleValue();
  }
}
