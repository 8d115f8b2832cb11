package dev.spanthrift.kubernetes.controller;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses, longer each time, before all objects of a kind are listed again because its watch ended
 * as soon as it began. The client takes such an end for a version that is too old: rightly once,
 * but behind a broken proxy it lists once a second, from every replica, for ever.
 *
 * <p>The client's own thread for this informer waits; it has nothing else to do.
 */
final class RelistPauses implements Interceptor {
  private static final Logger log = LoggerFactory.getLogger(RelistPauses.class);

  /** A watch that has lasted longer has worked. The client's own pause is in it. */
  private static final long WORKED_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long FIRST_NANOS = Duration.ofMillis(500).toNanos();
  private static final int DOUBLED_MAX = 6; // 32 s
  private static final int PATHS_MAX = 100; // a program watches five kinds

  private final Map<String, Watched> byPath = new ConcurrentHashMap<>();

  /**
   * @param open whether one was begun that nothing was listed after
   * @param began by {@link System#nanoTime}
   * @param ends how many ended at once, one after the other
   */
  private record Watched(boolean open, long began, int ends) {
    Watched begin(long now) {
      return new Watched(true, now, ends);
    }

    /** The pages of a list are one. */
    Watched list(long now) {
      if (!open) {
        return this;
      }
      return new Watched(false, began, now - began < WORKED_NANOS ? ends + 1 : 0);
    }
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    boolean watch = String.valueOf(request.uri().getQuery()).contains("watch=true");
    String path = request.uri().getPath();
    if (watch) {
      watchBegins(path, System.nanoTime());
      return;
    }
    long pause = beforeList(path, System.nanoTime());
    if (pause > 0) {
      double share = ThreadLocalRandom.current().nextDouble(0.5, 1); // replicas not together
      sleep(path, (long) (pause * share));
    }
  }

  private static void sleep(String path, long nanos) {
    log.warn(
        "watches of {} end as soon as they begin: all is listed again, in {} ms",
        path,
        TimeUnit.NANOSECONDS.toMillis(nanos));
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the client is closed
    }
  }

  void watchBegins(String path, long now) {
    Watched before = byPath.getOrDefault(path, new Watched(false, now, 0));
    if (byPath.size() < PATHS_MAX || byPath.containsKey(path)) {
      byPath.put(path, before.begin(now));
    }
  }

  /** How long to wait, in nanoseconds: nothing after the first end, which may be rightly so. */
  long beforeList(String path, long now) {
    Watched before = byPath.get(path);
    if (before == null || !before.open()) {
      return 0;
    }
    Watched after = before.list(now);
    byPath.put(path, after);
    return after.ends() < 2 ? 0 : FIRST_NANOS << Math.min(after.ends() - 2, DOUBLED_MAX);
  }
}
