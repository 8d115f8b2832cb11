package dev.spanthrift.kubernetes.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
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
  private final AtomicLong failures = new AtomicLong();
  private volatile @Nullable Instant awaySince;

  /**
   * Returns when all are known.
   *
   * @throws RuntimeException when they cannot be listed
   */
  Watch(Informable<T> kind, ResourceEventHandler<T> handler) {
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
  boolean isCurrent(Instant now) {
    if (informer.isWatching()) {
      awaySince = null;
      return true;
    }
    Instant since = awaySince;
    if (since == null || now.isBefore(since)) { // the clock was set back
      awaySince = now;
      return true;
    }
    return now.isBefore(since.plus(AWAY_MAX));
  }

  @Override
  public void close() {
    informer.stop();
  }
}
