package dev.spanthrift.kubernetes.webhook;

import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.task.Turns;
import dev.spanthrift.kubernetes.webhook.InjectorMetrics.NamespaceRead;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Asks the API server for one namespace, when a pod is shown to us that the watch's namespace does
 * not account for: the label is a moment older than the pod, and the watch has not told it yet.
 * Where somebody's selectors are wider than ours each pod looks like that, so this is bounded: a
 * namespace once a second, all of them ten times, two threads, and an answer within half a second.
 */
public final class NamespaceReader implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofMillis(500);
  private static final Duration EACH = Duration.ofSeconds(1);
  private static final Duration ALL = Duration.ofMillis(100);
  private static final int BURST = 10;
  private static final int REMEMBERED = 1_000;
  private static final int THREADS = 2;
  private static final int QUEUE = 20;

  private final Function<String, @Nullable PodNamespace> ask;
  private final InjectorMetrics metrics;
  private final Turns turns = new Turns(ALL, BURST, System.nanoTime());
  private final Map<String, Turns> byName = new LinkedHashMap<>();
  private final Scheduler threads =
      Schedulers.newBoundedElastic(THREADS, QUEUE, "spanthrift-namespaces", 60, true);

  public NamespaceReader(KubernetesClient client, InjectorMetrics metrics) {
    this(
        name -> {
          Namespace namespace = client.namespaces().withName(name).get();
          return namespace == null ? null : NamespaceCache.of(namespace);
        },
        metrics);
  }

  NamespaceReader(Function<String, @Nullable PodNamespace> ask, InjectorMetrics metrics) {
    this.ask = ask;
    this.metrics = metrics;
  }

  /** As it is now; empty when it is not asked for, is not there, or no answer comes. */
  public Mono<PodNamespace> read(String name) {
    if (!hasTurn(name)) {
      metrics.namespaceRead(NamespaceRead.SPARED);
      return Mono.empty();
    }
    return Mono.fromCallable(() -> ask.apply(name))
        .subscribeOn(threads)
        .timeout(ANSWER)
        .doOnSuccess(found -> metrics.namespaceRead(NamespaceRead.READ))
        .onErrorResume(
            e -> {
              metrics.namespaceRead(NamespaceRead.FAILED);
              return Mono.empty();
            });
  }

  private boolean hasTurn(String name) {
    long now = System.nanoTime();
    synchronized (byName) {
      Turns own = byName.remove(name);
      own = own == null ? new Turns(EACH, 1, now) : own;
      byName.put(name, own);
      if (byName.size() > REMEMBERED) {
        byName.remove(byName.keySet().iterator().next());
      }
      return own.takeNow(now) && turns.takeNow(now);
    }
  }

  @Override
  public void close() {
    threads.dispose();
  }
}
