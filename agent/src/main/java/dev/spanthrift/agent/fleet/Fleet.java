package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.config.settings.FleetSettings;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The door to the fleet: ledger and sums over the engine, and how it goes.
 *
 * <p>Opening it loads the client and begins to connect; nobody waits for that.
 */
public final class Fleet implements AutoCloseable {
  private final FleetSettings settings;
  private final String pod;
  private final Engine engine;
  private final ExecutorService thread;
  private final Totals totals = new Totals();
  private final RedisFleetSums sums;
  private final EngineWatch watch = new EngineWatch();
  private final RedisKeepLedger ledger;
  private volatile byte[] self = new byte[0];

  private Fleet(FleetSettings settings, int tracesMax) {
    this.settings = settings;
    pod = podName(settings);
    engine = new Engine(settings);
    thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("spanthrift-fleet").factory());
    sums = new RedisFleetSums(settings.podsAssumed(), System::currentTimeMillis, System::nanoTime);
    ledger =
        new RedisKeepLedger(
            new FleetKeys(
                settings.prefix(), settings.name(), incarnation(pod), settings.askAfter()),
            settings.timeout().toMillis(),
            engine,
            thread,
            new OwnKeeps(settings.askAfter(), tracesMax),
            totals,
            sums,
            () -> self,
            watch);
  }

  /**
   * Opens a fleet that is configured.
   *
   * @param tracesMax traces of its own that a pod remembers for the time without the engine
   */
  public static Fleet open(FleetSettings settings, int tracesMax) {
    Fleet fleet = new Fleet(settings, tracesMax);
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

  public String pod() {
    return pod;
  }

  public KeepLedger ledger() {
    return ledger;
  }

  public FleetSums sums() {
    return sums;
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
        watch.troubles());
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      thread.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    engine.close();
  }
}
