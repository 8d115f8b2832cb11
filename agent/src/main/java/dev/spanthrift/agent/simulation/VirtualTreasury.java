package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.Fates;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.books.BillingPeriod;
import dev.spanthrift.sampler.budget.books.Budget;
import dev.spanthrift.sampler.budget.books.BudgetController;
import dev.spanthrift.sampler.budget.books.BudgetView;
import dev.spanthrift.sampler.budget.books.Purse;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.PriceOf;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The books of a configuration in virtual time, which begins with the longest budget's period: what
 * is received and kept is paid by the budgets that match, and they grant what may be spent next.
 *
 * <p>Pods that the same budgets pay for share a wallet: purse, keep ledger and sums.
 */
final class VirtualTreasury {
  private static final Instant SOME_TIME = Instant.parse("2001-01-15T12:00:00Z");
  private static final double SPANS_PER_TRACE = 20; // as the running program guesses

  private final BudgetController controller;
  private final Supplier<InProcessKeepLedger> ledgers;
  private final Fates fates;
  private final double eventsPerSpan;
  private final List<Wallet> wallets = new ArrayList<>();
  private final List<PastPeriods> past = new ArrayList<>();
  private final long startMillis;
  private long firstNanos = Long.MIN_VALUE;

  VirtualTreasury(Question.Plan plan, Supplier<InProcessKeepLedger> ledgers, Fates fates) {
    controller = new BudgetController(plan.budgets(), plan.pricing());
    this.ledgers = ledgers;
    this.fates = fates;
    eventsPerSpan = plan.eventsPerSpan();
    plan.budgets().forEach(budget -> past.add(new PastPeriods()));
    BillingPeriod longest =
        plan.budgets().stream()
            .map(Budget::period)
            .max(Comparator.comparing(BillingPeriod::length))
            .orElseThrow();
    startMillis = longest.start(SOME_TIME).toEpochMilli();
  }

  /** Sums of the periods of one budget that are over. */
  private static final class PastPeriods {
    private @Nullable BudgetView last;
    private double spent;
    private double spentMost;
    private double received;

    void follow(BudgetView view) {
      if (last != null && !last.from().equals(view.from())) {
        close(last);
      }
      last = view;
    }

    private void close(BudgetView view) {
      double now = view.spent().amount().doubleValue();
      spent += now;
      spentMost = Math.max(spentMost, now);
      received += now + view.avoided().amount().doubleValue();
    }
  }

  /** Of the pods that the same budgets pay for. */
  final class Wallet implements Treasury, Fates {
    private final Purse purse;
    final InProcessKeepLedger ledger = ledgers.get();
    final FleetSums sums = FleetSums.inProcess();

    private Wallet(Purse purse) {
      this.purse = purse;
    }

    Allowance allowance() {
      return new Allowance.PerSecond(purse.allowancePerSecond());
    }

    @Override
    public boolean isFree() {
      return controller.view().free() && controller.view().broken().isEmpty();
    }

    @Override
    public boolean admits(long price) {
      return purse.mustKeep().admits(price);
    }

    @Override
    public void kept(long high, long low, int spans, long bytes, String reason) {
      received(spans, bytes);
      purse.kept(bytes, spans, events(spans), traces(spans));
      fates.kept(high, low, spans, bytes, reason);
    }

    @Override
    public void dropped(long high, long low, int spans, long bytes, String reason) {
      received(spans, bytes);
      fates.dropped(high, low, spans, bytes, reason);
    }

    private void received(int spans, long bytes) {
      purse.received(bytes, spans, events(spans), traces(spans));
    }

    private long events(int spans) {
      return Math.round(spans * eventsPerSpan);
    }

    private static long traces(int spans) {
      return Math.round(spans / SPANS_PER_TRACE);
    }
  }

  /** The wallet that pays for a resource. */
  Wallet wallet(UnaryOperator<@Nullable String> attributes) {
    Purse purse = controller.purse(attributes);
    for (Wallet wallet : wallets) {
      if (wallet.purse == purse) {
        return wallet;
      }
    }
    Wallet wallet = new Wallet(purse);
    wallets.add(wallet);
    return wallet;
  }

  int wallets() {
    return wallets.size();
  }

  PriceOf price() {
    return controller.priceOf();
  }

  /** Lets time pass: what was decided since becomes the next allowances. */
  void tick(long nanos) {
    if (firstNanos == Long.MIN_VALUE) {
      firstNanos = nanos;
    }
    wallets.forEach(wallet -> wallet.purse.outstanding(wallet.ledger.outstanding()));
    controller.tick(nanos, startMillis + (nanos - firstNanos) / 1_000_000);
    List<BudgetView> views = controller.view().budgets();
    for (int i = 0; i < views.size(); i++) {
      past.get(i).follow(views.get(i));
    }
  }

  /**
   * What became of the money; ask once, at the end.
   *
   * @param seconds that the recording lasts
   */
  List<WhatIfAnswer.OfBudget> budgets(double seconds) {
    List<WhatIfAnswer.OfBudget> all = new ArrayList<>();
    List<BudgetView> views = controller.view().budgets();
    for (int i = 0; i < views.size(); i++) {
      past.get(i).close(views.get(i));
      all.add(budget(views.get(i), past.get(i), seconds));
    }
    return List.copyOf(all);
  }

  private static WhatIfAnswer.OfBudget budget(BudgetView view, PastPeriods past, double seconds) {
    Budget budget = view.budget();
    double amount = budget.amount() == null ? 0 : budget.amount().amount().doubleValue();
    double periods = seconds / Duration.between(view.from(), view.to()).toSeconds();
    return new WhatIfAnswer.OfBudget(
        budget.name(),
        budget.scope(),
        view.spent().currency().getCurrencyCode(),
        amount,
        budget.period().length().name().toLowerCase(Locale.ROOT),
        periods,
        amount * periods,
        past.spent,
        past.spentMost,
        past.received);
  }
}
