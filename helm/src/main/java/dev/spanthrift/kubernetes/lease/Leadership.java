package dev.spanthrift.kubernetes.lease;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this replica holds the Lease; who loses it tries again for ever. */
public final class Leadership implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Leadership.class);
  private static final Duration HELD = Duration.ofSeconds(15);
  private static final Duration RENEW = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final KubernetesClient client;
  private final String namespace;
  private final String name;
  private final String identity;
  private final Runnable changed;
  private volatile boolean leads;
  private volatile boolean closed;
  private @Nullable CompletableFuture<?> running;

  /**
   * Leads nothing before {@link #start}.
   *
   * @param name of the Lease
   * @param identity of this replica, unique among them
   * @param changed called whenever this replica begins to lead or leads no more; must not wait
   */
  public Leadership(
      KubernetesClient client, String namespace, String name, String identity, Runnable changed) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
    this.identity = identity;
    this.changed = changed;
  }

  /** At once, and never waits for the Lease. */
  public synchronized void start() {
    if (closed) {
      return;
    }
    LeaderElector elector =
        client
            .leaderElector()
            .withConfig(
                new LeaderElectionConfigBuilder()
                    .withName(name)
                    .withLock(new LeaseLock(namespace, name, identity))
                    .withLeaseDuration(HELD)
                    .withRenewDeadline(RENEW)
                    .withRetryPeriod(RETRY)
                    .withReleaseOnCancel(true)
                    .withLeaderCallbacks(
                        new LeaderCallbacks(() -> lead(true), () -> lead(false), this::said))
                    .build())
            .build();
    CompletableFuture<?> future = elector.start();
    running = future;
    // The elector ends when it loses the Lease.
    future.whenCompleteAsync(
        (done, e) -> {
          if (!closed) {
            log.warn("the Lease {} was lost; this replica, {}, tries again", name, identity);
            start();
          }
        },
        CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void said(String leader) {
    log.info("the Lease {} is held by {}; this replica is {}", name, leader, identity);
  }

  private void lead(boolean now) {
    leads = now;
    changed.run();
  }

  /** Whether it leads at this moment. */
  public boolean leads() {
    return leads;
  }

  /** Gives the Lease back, so that another one need not wait for its end. */
  @Override
  public void close() {
    CompletableFuture<?> stop;
    synchronized (this) {
      closed = true;
      stop = running;
    }
    leads = false;
    if (stop != null) {
      stop.cancel(true);
    }
  }
}
