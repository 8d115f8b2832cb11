package dev.spanthrift.kubernetes.controller;

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

/** Whether this replica holds the Lease, and alone writes status. Tries again for ever. */
final class Leadership implements AutoCloseable {
  static final String NAME = "spanthrift-controller";
  private static final Logger log = LoggerFactory.getLogger(Leadership.class);
  private static final Duration HELD = Duration.ofSeconds(15);
  private static final Duration RENEW = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final KubernetesClient client;
  private final String namespace;
  private final String identity;
  private final Runnable changed;
  private volatile boolean leader;
  private volatile boolean closed;
  private @Nullable CompletableFuture<?> running;

  Leadership(KubernetesClient client, String namespace, String identity, Runnable changed) {
    this.client = client;
    this.namespace = namespace;
    this.identity = identity;
    this.changed = changed;
  }

  /** At once, and never waits for the Lease. */
  synchronized void start() {
    if (closed) {
      return;
    }
    LeaderElector elector =
        client
            .leaderElector()
            .withConfig(
                new LeaderElectionConfigBuilder()
                    .withName(NAME)
                    .withLock(new LeaseLock(namespace, NAME, identity))
                    .withLeaseDuration(HELD)
                    .withRenewDeadline(RENEW)
                    .withRetryPeriod(RETRY)
                    .withReleaseOnCancel(true)
                    .withLeaderCallbacks(
                        new LeaderCallbacks(() -> lead(true), () -> lead(false), who -> {}))
                    .build())
            .build();
    CompletableFuture<?> future = elector.start();
    running = future;
    // The elector ends when it loses the Lease.
    future.whenCompleteAsync(
        (done, e) -> {
          if (!closed) {
            log.warn("the Lease was lost; this replica tries again");
            start();
          }
        },
        CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void lead(boolean now) {
    leader = now;
    log.info("this replica, {}, {}", identity, now ? "writes status" : "only serves");
    changed.run();
  }

  boolean isLeader() {
    return leader;
  }

  @Override
  public void close() {
    CompletableFuture<?> stop;
    synchronized (this) {
      closed = true;
      stop = running;
    }
    if (stop != null) {
      stop.cancel(true);
    }
  }
}
