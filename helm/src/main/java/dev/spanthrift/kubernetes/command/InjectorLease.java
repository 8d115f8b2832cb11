package dev.spanthrift.kubernetes.command;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which of the replicas leads, by a Lease; who loses it tries again. */
final class InjectorLease {
  private static final Logger log = LoggerFactory.getLogger(InjectorLease.class);
  private final AtomicBoolean leads = new AtomicBoolean();
  private final LeaderElector elector;
  private final ScheduledExecutorService timer;
  private volatile boolean stopped;

  InjectorLease(
      KubernetesClient client,
      String namespace,
      String lease,
      String self,
      ScheduledExecutorService timer) {
    this.timer = timer;
    elector =
        client
            .leaderElector()
            .withConfig(
                new LeaderElectionConfigBuilder()
                    .withName(lease)
                    .withLock(new LeaseLock(namespace, lease, self))
                    .withLeaseDuration(Duration.ofSeconds(30))
                    .withRenewDeadline(Duration.ofSeconds(20))
                    .withRetryPeriod(Duration.ofSeconds(5))
                    .withReleaseOnCancel(true)
                    .withLeaderCallbacks(
                        new LeaderCallbacks(
                            () -> leads.set(true), () -> leads.set(false), this::said))
                    .build())
            .build();
    run();
  }

  private void said(String leader) {
    log.info("the injectors' lease is held by {}", leader);
  }

  private void run() {
    if (!stopped) {
      elector
          .start()
          .whenComplete(
              (done, error) -> {
                leads.set(false);
                if (!stopped) {
                  timer.schedule(this::run, 5, TimeUnit.SECONDS);
                }
              });
    }
  }

  boolean leads() {
    return leads.get();
  }

  /** Gives the lease back, so that another one need not wait for its end. */
  void stop() {
    stopped = true;
    leads.set(false);
    elector.release();
  }
}
