package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Namespace;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RelistPausesTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private final RelistPauses pauses = new RelistPauses();
  private long now = Long.MAX_VALUE - 3 * SECOND;

  private long afterAWatchOf(int seconds) {
    pauses.watchBegins("/namespaces", now);
    now += seconds * SECOND;
    return pauses.beforeList("/namespaces", now);
  }

  @Test
  void thePauseGrowsToHalfAMinuteAndIsOverWithAWatchThatLasts() {
    assertEquals(0, pauses.beforeList("/namespaces", now), "the first list");
    assertEquals(0, afterAWatchOf(1), "a version that is too old");
    assertEquals(0, pauses.beforeList("/namespaces", now), "its second page");
    long pause = SECOND / 2;
    for (int i = 0; i < 7; i++, pause *= 2) {
      assertEquals(pause, afterAWatchOf(1));
    }
    assertEquals(32 * SECOND, afterAWatchOf(1));
    assertEquals(0, pauses.beforeList("/pods", now), "another kind");
    assertEquals(0, afterAWatchOf(600));
    assertEquals(0, afterAWatchOf(1), "as at first");
  }

  /** Behind a proxy that closes every watch at once. */
  @Test
  void aServerThatEndsEveryWatchIsListedEverMoreSeldom() {
    ScriptedApiServer server = new ScriptedApiServer();
    server.endsWatches = true;
    long begin = System.nanoTime();
    try (Watch<Namespace> watch =
        new Watch<>(server.client, server.client.namespaces(), new Deaf())) {
      Eventually.holds(() -> server.lists, () -> server.lists.get() >= 5);
      long least = SECOND / 4 + SECOND / 2 + SECOND; // half of each pause
      assertTrue(System.nanoTime() - begin >= least, "before the third, fourth and fifth");
      assertEquals(0, watch.failures(), "that is how the client sees it");
    } finally {
      server.close();
    }
  }
}
