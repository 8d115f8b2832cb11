package dev.spanthrift.kubernetes.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All objects of one kind, by a watch that is begun again whatever ended it: the client's own ends
 * for good with an event that it cannot read.
 */
final class Watch<T extends HasMetadata> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);

  /** A watch that is away for so long has not just been begun again. */
  static final Duration AWAY_MAX = Duration.ofMinutes(2);

  private final SharedIndexInformer<T> informer;
  private final @Nullable OpenWatches open;
  private final LongSupplier nanos;
  private final AtomicLong failures = new AtomicLong();
  private volatile @Nullable Long awaySince;

  /**
   * Returns when all are known.
   *
   * @param client that {@code kind} is asked by
   * @throws RuntimeException when they cannot be listed
   */
  Watch(KubernetesClient client, Informable<T> kind, ResourceEventHandler<T> handler) {
    this(client, kind, handler, System::nanoTime);
  }

  /** The same with another time: how long it is away is no matter of the wall clock. */
  Watch(
      KubernetesClient client,
      Informable<T> kind,
      ResourceEventHandler<T> handler,
      LongSupplier nanos) {
    this.nanos = nanos;
    open = OpenWatches.of(client);
    informer = kind.runnableInformer(0);
    informer.addEventHandler(handler);
    informer.exceptionHandler(
        (started, e) -> {
          failures.incrementAndGet();
          log.warn(
              "the watch of {} failed and is begun again: {}",
              informer.getApiTypeClass().getSimpleName(),
              e.toString());
          return started; // before, the start fails, and says so
        });
    try {
      informer.start().toCompletableFuture().join();
    } catch (CompletionException e) {
      informer.stop();
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  List<T> list() {
    return informer.getStore().list();
  }

  /** Times that it failed and was begun again; an end that belongs to its life is none. */
  long failures() {
    return failures.get();
  }

  /** Whether what it knows is what there is, give or take a reconnection. */
  boolean isCurrent() {
    if (informer.isWatching() || isOpen()) {
      awaySince = null;
      return true;
    }
    long now = nanos.getAsLong();
    Long since = awaySince;
    if (since == null) {
      awaySince = now;
      return true;
    }
    return now - since < AWAY_MAX.toNanos();
  }

  private boolean isOpen() {
    return open != null && open.has(HasMetadata.getPlural(informer.getApiTypeClass()));
  }

  @Override
  public void close() {
    informer.stop();
  }
}
