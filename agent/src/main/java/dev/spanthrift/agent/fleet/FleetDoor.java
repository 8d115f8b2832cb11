package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.config.settings.FleetSettings;
import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.agent.pipeline.TraceWatch;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.policy.FleetRates;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The door to the fleet: ledger and sums over the engine, and how it goes.
 *
 * <p>Opening it loads the client and begins to connect; nobody waits for that.
 */
public final class FleetDoor implements AutoCloseable {
  private final FleetSettings settings;
  private final String pod;
  private final Engine engine;
  private final ExecutorService thread;
  private final boolean sharesMoney;
  private final RedisFleetSums sums;
  private final EngineWatch watch = new EngineWatch();
  private final FleetSums alone = FleetSums.inProcess();
  private final FleetKeys keys;
  private final EdgeSample sample = new EdgeSample();
  private final byte[] podsKey;
  private final EngineBooks books;
  private final RedisKeepLedger ledger;
  private final OwnKeeps keeps;
  private final WholenessWatch wholeness;
  private final Disagreement disagreement;
  private volatile Supplier<Self> describe = () -> Self.UNKNOWN;

  private FleetDoor(FleetSettings settings, int tracesMax, boolean sharesMoney) {
    this.settings = settings;
    this.sharesMoney = sharesMoney;
    pod = podName(settings);
    engine = new Engine(settings, watch::trouble);
    thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("spanthrift-fleet").factory());
    sums = new RedisFleetSums(settings.podsAssumed(), System::currentTimeMillis, System::nanoTime);
    Totals totals = new Totals(sharesMoney);
    keys = new FleetKeys(settings.prefix(), settings.name(), incarnation(pod), settings.askAfter());
    podsKey = keys.pods();
    books = new EngineBooks(keys.books(), totals, sums, thread, this::failed);
    keeps = new OwnKeeps(settings.askAfter(), tracesMax);
    wholeness = new WholenessWatch(settings.askAfter());
    disagreement = new Disagreement(podsKey, settings.timeout().toMillis());
    ledger =
        new RedisKeepLedger(
            new FleetParts(
                keys,
                settings.timeout().toMillis(),
                engine,
                thread,
                keeps,
                totals,
                sums,
                pod,
                () -> describe.get(),
                watch,
                books,
                wholeness,
                disagreement,
                new EdgeBooks(keys, sample, settings.askAfter(), thread, this::failed)));
  }

  /**
   * Opens a fleet that is configured.
   *
   * @param tracesMax traces of its own that a pod remembers for the time without the engine
   * @param sharesMoney whether the budget is the fleet's
   */
  public static FleetDoor open(FleetSettings settings, int tracesMax, boolean sharesMoney) {
    FleetDoor fleet = new FleetDoor(settings, tracesMax, sharesMoney);
    fleet.engine.start();
    return fleet;
  }

  private static String podName(FleetSettings settings) {
    return settings.pod() != null
        ? settings.pod()
        : Objects.requireNonNullElse(System.getenv("HOSTNAME"), "host");
  }

  /** A pod that starts again counts from zero, and must not be taken for the one before. */
  private static String incarnation(String pod) {
    return pod + "#" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
  }

  /**
   * What this sidecar says of itself.
   *
   * @param policy short; the same wherever the same is decided
   * @param price short; the same wherever the same costs the same
   * @param spans received since it started, with their bytes and those kept
   * @param residentBytes memory that the process takes; null where its system does not tell
   * @param processors that it used of late; null until that is known
   */
  public record Self(
      String version,
      String policy,
      String price,
      double pricePerGigabyte,
      long spans,
      long bytes,
      long keptBytes,
      @Nullable Long residentBytes,
      @Nullable Double processors) {
    static final Self UNKNOWN = new Self("", "", "", 0, 0, 0, 0, null, null);

    String configuration() {
      return policy + " " + price;
    }
  }

  /** Tells what to say of this sidecar to those that look at the fleet. */
  public void describe(Supplier<Self> by) {
    describe = by;
  }

  /** All sidecars that reported within the last minute; fails, with words, when nobody can say. */
  public CompletableFuture<List<FleetStatus.Member>> members() {
    Link link = engine.link();
    if (link == null) {
      return CompletableFuture.failedFuture(new IllegalStateException(engine.lastError()));
    }
    return FleetMembers.read(link, podsKey, ledger.generation(), settings.timeout().toMillis())
        .exceptionallyCompose(e -> CompletableFuture.failedFuture(said(e)));
  }

  /** Where traces tear; fails as {@link #members}. */
  public CompletableFuture<List<FleetStatus.Edge>> edges() {
    Link link = engine.link();
    if (link == null) {
      return CompletableFuture.failedFuture(new IllegalStateException(engine.lastError()));
    }
    return EdgeBooks.read(link, keys, settings.timeout().toMillis())
        .exceptionallyCompose(e -> CompletableFuture.failedFuture(said(e)));
  }

  /** To be shown what the pipeline receives and decides. */
  public TraceWatch watch() {
    return sample;
  }

  private RuntimeException said(Throwable e) {
    failed(e);
    return new IllegalStateException("the engine " + watch.lastTrouble(), e);
  }

  private void failed(Throwable e) {
    Trouble trouble = Trouble.of(e);
    watch.trouble(trouble, trouble.words() + ": " + Engine.deepest(e));
  }

  public String pod() {
    return pod;
  }

  public KeepLedger ledger() {
    return ledger;
  }

  /** Of the fleet where it shares the money, else of this sidecar. */
  public FleetSums sums() {
    return sharesMoney ? sums : alone;
  }

  /** How much traffic all sidecars see for rates that are the fleet's; alone without one. */
  public static FleetRates rates(@Nullable FleetDoor fleet) {
    return fleet == null ? FleetRates.ALONE : fleet.sums.rates();
  }

  public FleetCounts counts() {
    return books;
  }

  public FleetStatus status() {
    Link link = engine.link();
    boolean away = ledger.isAway() || link == null;
    long since = ledger.awaySinceNanos();
    long seconds = since == Long.MIN_VALUE ? 0 : (System.nanoTime() - since) / 1_000_000_000L;
    return new FleetStatus(
        settings.name(),
        pod,
        link == null ? "" : link.version() + ", " + link.mode(),
        away,
        away ? seconds : 0,
        away && link == null ? engine.lastError() : watch.lastTrouble(),
        Math.round(sums.pods()),
        sums.isKnown(),
        watch.latencyMillis(),
        watch.latencyMillisMax(),
        watch.traffic(),
        watch.troubles(),
        wholeness.read(away, keeps.untold(), keeps.neverTold()),
        disagreement.words());
  }

  /** Says its last counts: who leaves has spent them all the same. */
  @Override
  public void close() {
    ledger.leave();
    thread.shutdown();
    try {
      thread.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    engine.close();
  }
}
