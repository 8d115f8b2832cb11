package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.config.settings.FleetSettings;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the connection to Redis or Valkey: opens it in a thread of its own, again and again until
 * it succeeds, and anew when the one that there is has become useless.
 */
final class Engine implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);
  private static final long FIRST_MILLIS = 200;
  private static final long MOST_MILLIS = 10_000;

  /** Said by whoever asks before the first attempt has ended. */
  static final String NOT_YET = "not connected yet";

  /** Lettuce's own wakes ten times a second, which is a fifth of what an idle fleet costs. */
  private static final long TIMER_MILLIS = 1_000;

  private final HashedWheelTimer timer =
      new HashedWheelTimer(
          new DefaultThreadFactory("spanthrift-fleet-timer", true),
          TIMER_MILLIS,
          TimeUnit.MILLISECONDS);
  private final ClientResources resources;
  private final Connector connector;
  private final BiConsumer<Trouble, String> troubles;
  private final String address;
  private final AtomicBoolean connecting = new AtomicBoolean();
  private volatile @Nullable Link link;
  private volatile String lastError = NOT_YET;
  private volatile boolean closed;

  /**
   * @param troubles told of each attempt that fails
   */
  Engine(FleetSettings settings, BiConsumer<Trouble, String> troubles) {
    this.troubles = troubles;
    address = String.valueOf(settings.url());
    // Two threads each is the least that Lettuce takes.
    resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .timer(timer)
            .reconnectDelay(
                Delay.fullJitter(
                    Duration.ofMillis(FIRST_MILLIS),
                    Duration.ofMillis(MOST_MILLIS / 2),
                    FIRST_MILLIS,
                    TimeUnit.MILLISECONDS))
            .build();
    connector = new Connector(settings, resources);
  }

  /** Begins to connect; returns at once. */
  void start() {
    if (!closed && connecting.compareAndSet(false, true)) {
      Thread.ofVirtual().name("spanthrift-fleet-connect").start(this::connect);
    }
  }

  private void connect() {
    long wait = FIRST_MILLIS;
    long failed = 0;
    long began = System.nanoTime();
    while (!closed) {
      try {
        Link opened = connector.connect();
        link = opened;
        lastError = "";
        connecting.set(false);
        log.info(
            "fleet: connected to {}, {}{}", opened.version(), opened.mode(), after(failed, began));
        if (closed) {
          drop();
        }
        return;
      } catch (RuntimeException e) {
        Trouble trouble = Trouble.of(e);
        lastError = "the engine at " + address + " " + trouble.words() + ": " + deepest(e);
        troubles.accept(trouble, lastError);
        if (failed++ == 0 && !closed) {
          log.warn(
              "fleet: {}; this sidecar decides alone until it is there, and asks again"
                  + " every {} s at most",
              lastError,
              MOST_MILLIS / 1_000);
        }
        pause((long) (wait * (.5 + .5 * ThreadLocalRandom.current().nextDouble())));
        wait = Math.min(MOST_MILLIS, wait * 2);
      }
    }
  }

  private static String after(long failed, long began) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    return failed == 0
        ? ""
        : ", after " + failed + " attempts that failed within " + seconds + " s";
  }

  static String deepest(Throwable e) {
    Throwable at = e;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return String.valueOf(at.getMessage());
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The connection, or null while there is none. */
  @Nullable Link link() {
    return link;
  }

  /** What the last attempt to connect said; empty when it succeeded. */
  String lastError() {
    return lastError;
  }

  /** Gives this connection up and opens another one. */
  void renew(Link useless) {
    if (link == useless) {
      lastError = NOT_YET;
      link = null;
      useless.close();
      start();
    }
  }

  private void drop() {
    Link last = link;
    link = null;
    if (last != null) {
      last.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    drop();
    connector.close();
    var unused = resources.shutdown(0, 1, TimeUnit.SECONDS);
    timer.stop();
  }
}
