package dev.spanthrift.agent.money;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.config.settings.BudgetSettings;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.fleet.FleetCounts;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.timer.Beat;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.SpanContents;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.books.Budget;
import dev.spanthrift.sampler.budget.books.BudgetController;
import dev.spanthrift.sampler.budget.books.BudgetState;
import dev.spanthrift.sampler.budget.books.MoneyView;
import dev.spanthrift.sampler.budget.books.Purse;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.budget.price.model.SpanCounters;
import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Fields;
import dev.spanthrift.sampler.wire.ResourceContext;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the books of the running program: feeds the budget controller with what the pipeline
 * counts, shows them to the API, and saves them once a minute and at the end.
 *
 * <p>{@link #tick} is called about once a second by one thread; the other methods by any.
 */
public final class Treasurer implements SpendView, Treasury, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Treasurer.class);
  private static final long SAVE_NANOS = 60_000_000_000L;
  private static final long SECOND_NANOS = 1_000_000_000L;

  /** At rest: how often the controller plans, and a divisor of every period. */
  private static final Duration REST = Duration.ofSeconds(10);

  /** What is longer than a rest was a process that did not run, and passes in one step. */
  private static final long MADE_UP_NANOS = 60 * SECOND_NANOS;

  private static final double MEANS_WEIGHT = 2_000; // spans that the usual means stand for
  private static final long MEANS_NANOS = 60_000_000_000L;

  private volatile BudgetController controller;
  private volatile boolean mayBeFree;
  private final boolean estimates; // a plain price is for bytes as they are
  private volatile Purse purse;
  private volatile boolean free;
  private final BooksFile file;
  private final OwnCost ownCost;
  private volatile double ownCostSinceStart; // written under the lock
  private final Supplier<PipelineStatus> pipeline;
  private long lastNanos;
  private long savedNanos;
  private long meansNanos;
  private List<Budget> budgets;
  private volatile boolean limited; // by any budget
  private @Nullable ResourceContext followed;
  private final Pricing pricing;
  private volatile @Nullable FleetBooks fleet; // where its sidecars share the money
  private long arrivedBefore;
  private DecidedTraffic decidedBefore = DecidedTraffic.NONE;
  private @Nullable PipelineStatus before;
  private final SpanthriftSettings settings;
  private volatile AllocationSettings allocation;
  private boolean unsaved;

  private Treasurer(
      BudgetController controller,
      List<Budget> budgets,
      Pricing pricing,
      SpanthriftSettings settings,
      AllocationSettings allocation,
      BooksFile file,
      Supplier<PipelineStatus> pipeline,
      long now,
      long wallMillis) {
    lastNanos = now;
    savedNanos = now;
    meansNanos = now - MEANS_NANOS;
    this.controller = controller;
    this.budgets = budgets;
    this.pricing = pricing;
    this.pipeline = pipeline;
    this.settings = settings;
    this.allocation = allocation;
    this.file = file;
    purse = controller.purse(attribute -> null);
    estimates = settings.price().model() != null;
    limited = budgets.stream().anyMatch(budget -> budget.amount() != null);
    mayBeFree = mayBeFree(budgets);
    ownCost =
        new OwnCost(
            settings.price().ownCpuHour(),
            settings.price().ownMemoryGbHour(),
            pricing.model().currency());
    controller.tick(now, wallMillis);
    free = isAllFree();
  }

  /**
   * Opens the books, with what was saved.
   *
   * @throws ModelException when price model and budgets do not fit; a list of sentences
   */
  public static Treasurer open(SpanthriftSettings settings, Supplier<PipelineStatus> pipeline)
      throws ModelException {
    return open(settings, settings.budgets(), pipeline);
  }

  /** The same, with other budgets than those of the settings. */
  public static Treasurer open(
      SpanthriftSettings settings, List<BudgetSettings> own, Supplier<PipelineStatus> pipeline)
      throws ModelException {
    return open(settings, own, pipeline, System.nanoTime(), System.currentTimeMillis());
  }

  static Treasurer open(
      SpanthriftSettings settings, Supplier<PipelineStatus> pipeline, long now, long wallMillis)
      throws ModelException {
    return open(settings, settings.budgets(), pipeline, now, wallMillis);
  }

  private static Treasurer open(
      SpanthriftSettings settings,
      List<BudgetSettings> own,
      Supplier<PipelineStatus> pipeline,
      long now,
      long wallMillis)
      throws ModelException {
    Pricing pricing = Budgets.pricing(settings.price());
    List<Budget> budgets = Budgets.budgets(own, pricing.model().currency());
    BooksFile file = new BooksFile(settings.stateDir());
    BudgetController controller =
        file.read().map(bytes -> restored(bytes, budgets, pricing)).orElse(null);
    return new Treasurer(
        controller == null ? new BudgetController(budgets, pricing) : controller,
        budgets,
        pricing,
        settings,
        Allocations.of(settings, own),
        file,
        pipeline,
        now,
        wallMillis);
  }

  /**
   * Whether price list and budgets can be used.
   *
   * @throws ModelException with all that is wrong
   */
  public static void check(SpanthriftSettings settings) throws ModelException {
    Pricing pricing = Budgets.pricing(settings.price());
    Budgets.budgets(settings, pricing.model().currency());
  }

  /**
   * Whether these budgets fit the settings' price list.
   *
   * @throws ModelException with all that is wrong
   */
  public static void check(SpanthriftSettings settings, List<BudgetSettings> own)
      throws ModelException {
    Budgets.budgets(own, Budgets.pricing(settings.price()).model().currency());
  }

  private static BudgetController restored(byte[] bytes, List<Budget> budgets, Pricing pricing) {
    BudgetState.Restored restored = BudgetState.restore(bytes, budgets, pricing);
    restored.warning().ifPresent(log::warn);
    return restored.controller();
  }

  /** From now on the books are those of a fleet; call before the first tick. */
  public synchronized void join(FleetCounts counts) {
    fleet = new FleetBooks(counts, budgets, pricing);
  }

  /** Without budgets nothing is limited; one whose keepMax is below 1 always limits. */
  private static boolean mayBeFree(List<Budget> budgets) {
    return budgets.stream().allMatch(budget -> budget.limits().keepMax() >= 1);
  }

  /**
   * Puts other budgets in force: one that has the name of an earlier one goes on with its books,
   * the others begin empty. Of a shorter period than before it begins empty too, and finds what was
   * spent again where it gets the longer one back. The price list stays.
   *
   * @throws ModelException when they do not fit the price list; nothing has changed then
   * @throws IllegalStateException when the books are a fleet's, which all its sidecars must change
   *     together
   */
  public synchronized void rebudget(List<BudgetSettings> next) throws ModelException {
    rebudget(next, System.nanoTime(), System.currentTimeMillis());
  }

  synchronized void rebudget(List<BudgetSettings> next, long now, long wallMillis)
      throws ModelException {
    if (fleet != null) {
      throw new IllegalStateException("the budgets of this sidecar are shared by its fleet");
    }
    List<Budget> wanted = Budgets.budgets(next, pricing.model().currency());
    if (wanted.equals(budgets)) {
      return;
    }
    tick(now, wallMillis); // what was counted belongs to the books that were open
    controller = restored(BudgetState.save(controller), wanted, pricing);
    budgets = wanted;
    limited = wanted.stream().anyMatch(budget -> budget.amount() != null);
    mayBeFree = mayBeFree(wanted);
    allocation = Allocations.of(settings, next);
    ResourceContext resource = followed;
    purse = controller.purse(key -> resource == null ? null : attribute(resource, key));
    controller.tick(now, wallMillis);
    free = isAllFree();
    unsaved = true;
  }

  /** Whether any budget limits what is kept. */
  public boolean isLimited() {
    return limited;
  }

  /** Of spans at the moment, whatever budgets are in force. */
  public PriceOf priceOf() {
    return (bytes, spans) -> controller.price().price(bytes, spans);
  }

  /** The control loop behind it, for allowances and what the page shows. */
  public BudgetController controller() {
    return controller;
  }

  /** From now on the budgets that pay for this resource: a sidecar has one. */
  public synchronized void follow(ResourceContext resource) {
    followed = resource;
    Purse next = controller.purse(key -> attribute(resource, key));
    if (next != purse) {
      purse.outstanding(0); // what waits goes with the traffic
      purse = next;
    }
  }

  private static @Nullable String attribute(ResourceContext resource, String key) {
    Attributes attributes = new Attributes();
    byte[] message = resource.resource();
    attributes.over(message, 0, message.length, Fields.ATTRIBUTES_OF_RESOURCE);
    return attributes.find(key.getBytes(UTF_8)) && attributes.readValue() == Attributes.STRING
        ? new String(message, attributes.valueOffset(), attributes.valueLength(), UTF_8)
        : null;
  }

  /** Takes what the keep ledger holds: allowed, but neither spent nor expired; in picos. */
  public synchronized void outstanding(double picos) {
    purse.outstanding(picos);
  }

  /** Whether more spans cost nothing, break no limit of the vendor and no share of the user's. */
  private boolean isAllFree() {
    MoneyView view = controller.view();
    return mayBeFree && view.free() && view.broken().isEmpty();
  }

  // All without this object's lock: the data path asks, under a lock that tick waits for.

  /** Picos that may be spent in a second on what this program receives. */
  public double allowancePerSecond() {
    return purse.allowancePerSecond();
  }

  @Override
  public boolean isFree() {
    return free || !limited;
  }

  @Override
  public boolean admits(long price) {
    if (!limited) {
      return true;
    }
    FleetBooks books = fleet;
    // The money is the fleet's: this sidecar takes its part of the policies' share.
    double pods = books == null ? 1 : books.pods();
    return purse.mustKeep().admits((long) ((double) price * pods));
  }

  @Override
  public Duration carryOver(Duration configured) {
    return allocation.carryOver();
  }

  /**
   * Ticks once a second from now on while something moves, else every ten, and calls back after
   * each tick.
   */
  public Beat every(ScheduledExecutorService timer, Afterwards then) {
    Beat beat =
        new Beat(
            "books of money",
            timer,
            REST,
            () -> {
              boolean moved = tick();
              then.ticked(read(), moved);
              return moved;
            });
    beat.start(Duration.ofSeconds(1));
    return beat;
  }

  /** Called after each tick, with what it has read: nobody else need read once a second. */
  public interface Afterwards {
    /**
     * Goes on from there.
     *
     * @param moved whether something did since the tick before
     */
    void ticked(PipelineStatus status, boolean moved);
  }

  private synchronized PipelineStatus read() {
    return Objects.requireNonNull(before); // by the tick before
  }

  /**
   * Counts since the last call, lets time pass, saves when it is time; says what {@link Beat} asks.
   */
  public synchronized boolean tick() {
    return tick(System.nanoTime(), System.currentTimeMillis());
  }

  synchronized boolean tick(long now, long wallMillis) {
    PipelineStatus status = pipeline.get();
    makeUp(now, wallMillis);
    DecidedTraffic decided = DecidedTraffic.of(status.spans());
    count(status.spans().received().bytes(), decided);
    boolean moved = before == null || fleet != null || status.moves(before);
    before = status;
    unsaved |= moved;
    pass(status, decided, now, wallMillis);
    return moved;
  }

  /**
   * The seconds in which nothing moved and nobody ticked: the same steps, so that books, rhythm and
   * forecast come out the same.
   */
  private void makeUp(long now, long wallMillis) {
    if (fleet != null || now - lastNanos > MADE_UP_NANOS) {
      return;
    }
    for (long at = lastNanos + SECOND_NANOS; now - at >= SECOND_NANOS; at += SECOND_NANOS) {
      controller.passUnseen(at, wallMillis - (now - at) / 1_000_000);
    }
  }

  private void pass(PipelineStatus status, DecidedTraffic decided, long now, long wallMillis) {
    if (estimates && now - meansNanos >= MEANS_NANOS) {
      meansNanos = now;
      means(status.spans());
    }
    Money cost = ownCost.since((double) (now - lastNanos));
    ownCostSinceStart += cost.amount().doubleValue();
    FleetBooks books = fleet;
    if (books == null) {
      controller.ownCost(cost);
    } else {
      books.pass(decided, cost, controller, now, wallMillis);
    }
    lastNanos = now;
    controller.tick(now, wallMillis);
    free = isAllFree();
    if (unsaved && now - savedNanos >= SAVE_NANOS) {
      savedNanos = now;
      unsaved = false;
      file.save(BudgetState.save(controller));
    }
  }

  private void count(long arrived, DecidedTraffic decided) {
    FleetBooks books = fleet;
    if (books != null) {
      books.count(arrived, decided, purse, controller);
      return;
    }
    purse.arrived(arrived - arrivedBefore);
    arrivedBefore = arrived;
    decidedBefore.countUntil(decided, purse);
    decidedBefore = decided;
  }

  /** Once a minute, because prices should not change with every request. */
  private void means(SamplerCounts spans) {
    SpanContents contents = spans.contents();
    controller.means(
        SpanCounters.USUAL.counted(
            spans.received().spans(),
            spans.received().bytes(),
            contents.attributes(),
            contents.events(),
            contents.resources(),
            contents.resourceBytes(),
            contents.resourceAttributes(),
            MEANS_WEIGHT));
  }

  @Override
  public Spend spend() {
    return SpendBody.of(controller.view(), fleet == null ? Spend.SIDECAR : Spend.FLEET);
  }

  @Override
  public Spend own() {
    FleetBooks books = fleet;
    MoneyView view = books == null ? controller.view() : books.own();
    return SpendBody.of(view, Spend.SIDECAR);
  }

  @Override
  public @Nullable Double allowanceHere() {
    if (isFree()) {
      return null;
    }
    FleetBooks books = fleet;
    return purse.allowancePerSecond() / (books == null ? 1 : Math.max(1, books.pods()));
  }

  @Override
  public AllocationSettings allocation() {
    return allocation;
  }

  @Override
  public double policyShareMax() {
    return limited ? purse.mustKeep().share() : 1;
  }

  @Override
  public double ownCostSinceStart() {
    return ownCostSinceStart;
  }

  @Override
  public SpanPrice price() {
    return controller.price();
  }

  /** Counts a last time and saves. */
  @Override
  public synchronized void close() {
    close(System.nanoTime(), System.currentTimeMillis());
  }

  synchronized void close(long now, long wallMillis) {
    try {
      tick(now, wallMillis);
    } catch (RuntimeException e) {
      log.warn("the last seconds are not in the books: {}", e.toString()); // it may never have run
    }
    file.save(BudgetState.save(controller));
  }
}
