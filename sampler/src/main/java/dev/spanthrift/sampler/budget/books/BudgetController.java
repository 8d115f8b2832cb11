package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.budget.price.model.SpanCounters;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The budget's control loop: counts what traffic costs, and says how much may be spent in the next
 * seconds so that no budget is overspent in its period.
 *
 * <p>Every budget whose scope matches a trace's resource pays for it, and all of them must hold;
 * traces that the same budgets pay for share a {@link Purse}. Unused money flows forward within the
 * period. One thread counts and ticks; {@link #view} may be read by any.
 */
public final class BudgetController {
  static final int BUDGETS_MAX = 32;
  private static final int PURSES_MAX = 64;
  private static final double TICK_SECONDS_MAX = 3600;
  private static final double WINDOW_SECONDS = 3600;

  private final Pricing pricing;
  private final Pacing pacing;
  private final Forecaster forecaster;
  private final TrustedClock clock = new TrustedClock();
  private final List<Account> accounts = new ArrayList<>();
  private final List<Purse> purses = new ArrayList<>();
  private final RunningUsage kept;
  private final RunningUsage all;
  private final RecentTraffic recent = new RecentTraffic(WINDOW_SECONDS);
  private final double carrySeconds;

  private long lastNanos;
  private double sincePlan = Pacing.PLAN_SECONDS;
  private boolean started;
  private Instant saved = Instant.EPOCH;
  private Money ownCost;
  private double[] rates;
  private volatile SpanPrice price;
  private volatile MoneyView view;

  /**
   * Opens the books.
   *
   * @throws IllegalArgumentException when a budget's currency is not the price list's, or names are
   *     not unique
   */
  public BudgetController(List<Budget> budgets, Pricing pricing) {
    this.pricing = pricing;
    carrySeconds = 4 * tau(budgets);
    pacing = new Pacing(pricing, carrySeconds);
    forecaster = new Forecaster(pricing);
    kept = new RunningUsage(pricing);
    all = new RunningUsage(pricing);
    ownCost = Money.zero(pricing.model().currency());
    if (budgets.size() > BUDGETS_MAX) {
      throw new IllegalArgumentException("more than " + BUDGETS_MAX + " budgets");
    }
    Set<String> names = new HashSet<>();
    for (Budget budget : budgets) {
      check(budget, names);
      accounts.add(new Account(budget, pricing.model().currency()));
    }
    rates = new double[accounts.size()];
    price = pricing.spanPrice(Map.of(), Map.of(), recent.mix());
    view =
        new MoneyView(
            Instant.EPOCH,
            pricing.model().id(),
            price,
            ownCost,
            false,
            List.of(),
            false,
            List.of());
    purse(0);
  }

  private void check(Budget budget, Set<String> names) {
    if (!names.add(budget.name())) {
      throw new IllegalArgumentException("two budgets are named " + budget.name());
    }
    for (Money money : amounts(budget)) {
      if (!money.currency().equals(pricing.model().currency())) {
        throw new IllegalArgumentException(
            "budget "
                + budget.name()
                + " is in "
                + money.currency()
                + ", the price list in "
                + pricing.model().currency()
                + ": write the budget in the list's currency");
      }
    }
  }

  private static List<Money> amounts(Budget budget) {
    List<Money> amounts = new ArrayList<>();
    for (@Nullable Money money :
        new @Nullable Money[] {
          budget.amount(), budget.limits().spendMin(), budget.limits().spendMax()
        }) {
      if (money != null) {
        amounts.add(money);
      }
    }
    return amounts;
  }

  /** How long unused money waits in an allocation's bucket: 15 min, at most 1/30 of a period. */
  private static double tau(List<Budget> budgets) {
    double tau = 900;
    for (Budget budget : budgets) {
      tau =
          switch (budget.period().length()) {
            case HOUR -> Math.min(tau, 120);
            case DAY, MONTH -> tau;
          };
    }
    return tau;
  }

  /** The purse of a resource; ask once for each resource and remember. */
  public Purse purse(UnaryOperator<@Nullable String> attributes) {
    long mask = 0;
    for (int i = 0; i < accounts.size(); i++) {
      boolean matches =
          accounts.get(i).budget.scope().entrySet().stream()
              .allMatch(wanted -> wanted.getValue().equals(attributes.apply(wanted.getKey())));
      mask |= matches ? 1L << i : 0;
    }
    return purse(mask);
  }

  /** Above the bound the strictest purse takes what is new: all budgets pay for it. */
  private Purse purse(long mask) {
    for (Purse purse : purses) {
      if (purse.budgets == mask) {
        return purse;
      }
    }
    long everything = (1L << accounts.size()) - 1;
    if (purses.size() >= PURSES_MAX && mask != everything) {
      return purse(everything);
    }
    Purse purse = new Purse(mask);
    purses.add(purse);
    share();
    return purse;
  }

  /** The price of spans, for the data path; changes at ticks only. */
  public SpanPrice price() {
    return price;
  }

  /** The same for an allocation: always the current price. */
  public PriceOf priceOf() {
    return (bytes, spans) -> price.price(bytes, spans);
  }

  public MoneyView view() {
    return view;
  }

  /** Tells what spans were found to hold; the next plan counts with it. */
  public void means(SpanCounters counted) {
    pricing.means(counted);
    kept.reprice();
    all.reprice();
  }

  /** Adds what this program itself cost since the last call. */
  public void ownCost(Money amount) {
    ownCost = ownCost.plus(amount);
  }

  /** Lets time pass: counts, pays, and every ten seconds plans. */
  public void tick(long monotonicNanos, long wallMillis) {
    publish(pass(monotonicNanos, wallMillis));
  }

  /** The same, and nobody looks: makes up for ticks that were left out while nothing moved. */
  public void passUnseen(long monotonicNanos, long wallMillis) {
    var _ = pass(monotonicNanos, wallMillis);
  }

  private Instant pass(long monotonicNanos, long wallMillis) {
    Instant now = clock.tick(monotonicNanos, wallMillis);
    double elapsed = started ? Math.max(0, (monotonicNanos - lastNanos) / 1e9) : 0;
    lastNanos = started ? Math.max(lastNanos, monotonicNanos) : monotonicNanos;
    boolean jumped = clock.hasJumped() || (!started && now.plusSeconds(60).isBefore(saved));
    started = true;
    boolean plan = false;
    for (Account account : accounts) {
      plan |= account.roll(now, jumped);
    }
    for (Purse purse : purses) {
      plan |= purse.toldFirst;
      purse.toldFirst = false;
    }
    kept.roll(now, jumped);
    all.roll(now, jumped);
    settle(now, Math.min(elapsed, TICK_SECONDS_MAX));
    sincePlan += elapsed;
    if (plan || sincePlan >= Pacing.PLAN_SECONDS) {
      sincePlan = 0;
      plan(now);
    }
    return now;
  }

  private void settle(Instant now, double elapsed) {
    Traffic receivedSum = Traffic.NONE;
    Traffic keptSum = Traffic.NONE;
    for (Purse purse : purses) {
      purse.collect(price, elapsed, carrySeconds);
      receivedSum = receivedSum.plus(purse.receivedSince);
      keptSum = keptSum.plus(purse.keptSince);
    }
    recent.observe(receivedSum, elapsed);
    Money spent = kept.add(keptSum);
    Money whole = all.add(receivedSum);
    pay(spent, price.picos(keptSum), Entry.SPENT);
    pay(whole, price.picos(receivedSum), Entry.RECEIVED);
    pay(ownCost, price.picos(receivedSum), Entry.OWN_COST);
    for (int i = 0; i < accounts.size(); i++) {
      Traffic received = Traffic.NONE;
      Traffic keptHere = Traffic.NONE;
      for (Purse purse : purses) {
        if (purse.isPaidBy(i)) {
          received = received.plus(purse.receivedSince);
          keptHere = keptHere.plus(purse.keptSince);
        }
      }
      accounts.get(i).observe(now, received, keptHere, price, elapsed);
    }
  }

  private enum Entry {
    SPENT,
    RECEIVED,
    OWN_COST
  }

  /** Divides an amount among purses by their list price; the last one gets what rounding leaves. */
  private void pay(Money amount, double picos, Entry entry) {
    if (amount.signum() == 0 || picos <= 0) {
      return;
    }
    Money left = amount;
    Purse last = null;
    for (Purse purse : purses) {
      double part = price.picos(entry == Entry.SPENT ? purse.keptSince : purse.receivedSince);
      if (part > 0) {
        Money share = amount.times(BigDecimal.valueOf(part / picos));
        book(purse, share, entry);
        left = left.minus(share);
        last = purse;
      }
    }
    if (last != null) {
      book(last, left, entry);
    }
    if (entry == Entry.OWN_COST) {
      ownCost = Money.zero(amount.currency());
    }
  }

  private void book(Purse purse, Money amount, Entry entry) {
    for (int i = 0; i < accounts.size(); i++) {
      if (purse.isPaidBy(i)) {
        Account account = accounts.get(i);
        switch (entry) {
          case SPENT -> {
            account.spend(amount);
            account.avoid(Money.zero(amount.currency()).minus(amount));
          }
          case RECEIVED -> account.avoid(amount);
          case OWN_COST -> account.ownCost(amount);
        }
      }
    }
  }

  private void plan(Instant now) {
    price = pricing.spanPrice(kept.inWindow(), expected(now), recent.mix());
    double demandOfAll = 0;
    for (Purse purse : purses) {
      demandOfAll += purse.demand;
    }
    for (int i = 0; i < accounts.size(); i++) {
      double demand = 0;
      double outstanding = 0;
      for (Purse purse : purses) {
        demand += purse.isPaidBy(i) ? purse.demand : 0;
        outstanding += purse.isPaidBy(i) ? purse.outstanding : 0;
      }
      double share = demandOfAll > 0 ? demand / demandOfAll : 1;
      rates[i] =
          pacing.rate(accounts.get(i), now, price, kept.inWindow(), share, demand, outstanding);
    }
    share();
  }

  /** All that will have been received when the windows end, if it goes on as lately. */
  private Map<Window, Traffic> expected(Instant now) {
    Instant end = pricing.window().end(now, pricing.model().zone());
    double seconds = Math.max(0, Duration.between(now, end).toSeconds());
    double mixes = recent.mixesPerSecond() * seconds;
    return Pricing.after(kept.inWindow(), recent.mix(), mixes);
  }

  private void share() {
    SharedAllowance.fill(purses, rates);
    for (Purse purse : purses) {
      double cap = 1;
      for (int i = 0; i < accounts.size(); i++) {
        double own = accounts.get(i).budget.limits().policyShareMax();
        cap = purse.isPaidBy(i) ? Math.min(cap, own) : cap;
      }
      purse.mustKeep.allow(purse.allowancePerSecond(), cap);
    }
  }

  private void publish(Instant now) {
    Map<Window, Traffic> expected = expected(now);
    List<BudgetView> budgets = new ArrayList<>();
    for (int i = 0; i < accounts.size(); i++) {
      Account account = accounts.get(i);
      Forecast forecast = forecaster.forecast(account, now, price, kept.inWindow());
      budgets.add(account.view(forecast, rates[i]));
    }
    boolean free = pricing.isFree(kept.inWindow(), expected);
    view =
        new MoneyView(
            now,
            pricing.model().id(),
            price,
            nextGigabyte(),
            free,
            pricing.broken(expected),
            clock.isStray(),
            budgets);
  }

  /** By the bill, so that it is less than the list price while an allotment lasts. */
  private Money nextGigabyte() {
    Traffic mix = recent.mix();
    double mixes = mix.bytes() == 0 ? 0 : 1e9 / mix.bytes();
    Map<Window, Traffic> used = kept.inWindow();
    return pricing.cost(Pricing.after(used, mix, mixes)).minus(pricing.cost(used));
  }

  /** Writes the books; see {@link BudgetState}. */
  void write(DataOutput out) throws IOException {
    out.writeLong(view.now().getEpochSecond());
    out.writeUTF(pricing.model().id());
    kept.write(out);
    all.write(out);
    out.writeShort(accounts.size());
    for (Account account : accounts) {
      out.writeUTF(account.budget.name());
      BudgetState.writeBlock(out, account::write);
    }
  }

  void read(DataInput in) throws IOException {
    saved = Instant.ofEpochSecond(in.readLong());
    in.readUTF();
    kept.read(in);
    all.read(in);
    int count = in.readUnsignedShort();
    for (int i = 0; i < count; i++) {
      String name = in.readUTF();
      DataInput block = BudgetState.readBlock(in);
      for (Account account : accounts) {
        if (account.budget.name().equals(name)) {
          account.read(block);
        }
      }
    }
  }
}
