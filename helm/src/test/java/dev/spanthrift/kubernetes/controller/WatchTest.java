package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever ends a watch, it is begun again, and what changed meanwhile is known. */
@Timeout(300)
class WatchTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private ScriptedApiServer server;
  private Watch<Namespace> watch;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @BeforeEach
  void begin() {
    server = new ScriptedApiServer();
    server.addUnseen("first");
    watch = new Watch<>(server.client, server.client.namespaces(), new Ear(), nanos::get);
    Eventually.holds(() -> "watches", () -> server.watchCount() == 1);
  }

  @AfterEach
  void end() {
    watch.close();
    server.close();
  }

  private final class Ear implements ResourceEventHandler<Namespace> {
    @Override
    public void onAdd(Namespace namespace) {
      heard.add("+" + namespace.getMetadata().getName());
    }

    @Override
    public void onUpdate(Namespace before, Namespace namespace) {}

    @Override
    public void onDelete(Namespace namespace, boolean unknown) {
      heard.add("-" + namespace.getMetadata().getName());
    }
  }

  private Set<String> known() {
    return watch.list().stream().map(n -> n.getMetadata().getName()).collect(Collectors.toSet());
  }

  private void awaitKnown(String... names) {
    Eventually.holds(this::known, () -> known().equals(Set.of(names)));
  }

  @Test
  void oneThatTheServerEndsGoesOnFromTheLastEvent() {
    server.add("second");
    awaitKnown("first", "second");
    String last = server.version();
    server.endWatch();
    Eventually.holds(() -> server.asked, () -> server.watchCount() == 2);
    assertEquals(last, server.asked.getLast());
    server.add("third");
    awaitKnown("first", "second", "third");
    assertEquals(1, server.lists.get(), "nothing was missed, so nothing is listed");
    Eventually.holds(
        () -> heard, () -> heard.equals(List.of("+first", "+second", "+third"))); // told later
    assertEquals(0, watch.failures(), "that belongs to its life");
  }

  @Test
  void whatTheServerHasForgottenIsListedAgain() {
    server.addUnseen("second");
    server.removeUnseen("first");
    server.compact();
    awaitKnown("second");
    Eventually.holds(() -> heard, () -> heard.containsAll(List.of("+second", "-first")));
    Eventually.holds(() -> server.asked, () -> server.watchCount() == 2);
    assertEquals(server.version(), server.asked.getLast());
    assertEquals(2, server.lists.get());
    server.add("third");
    awaitKnown("second", "third");
    assertEquals(0, watch.failures(), "that belongs to its life");
  }

  @Test
  void afterAnErrorAsAnEventItGoesOnWhereItWas() {
    server.addUnseen("second");
    server.error(500, "InternalError");
    awaitKnown("first", "second");
    assertEquals(List.of("101", "101"), server.asked);
    assertEquals(1, server.lists.get());
  }

  /** The client's own informer would end with it, for good. */
  @Test
  void anEventThatCannotBeReadIsCountedAndTheWatchBegunAgain() {
    server.addUnseen("second");
    server.nonsense();
    awaitKnown("first", "second");
    assertTrue(watch.failures() > 0);
    Eventually.holds(() -> server.asked, () -> server.watchCount() >= 2);
    server.add("third");
    awaitKnown("first", "second", "third");
  }

  @Test
  void aServerThatIsAwayIsAskedUntilItAnswers() {
    assertTrue(watch.isCurrent());
    server.down = 503;
    server.compact();
    Eventually.holds(watch::failures, () -> watch.failures() >= 3);
    assertEquals(Set.of("first"), known(), "what was known is known");
    assertTrue(watch.isCurrent(), "it may just have been begun again");
    nanos.addAndGet(Watch.AWAY_MAX.toNanos());
    assertFalse(watch.isCurrent());
    server.addUnseen("second");
    server.down = 0;
    awaitKnown("first", "second");
    Eventually.holds(() -> "current", () -> watch.isCurrent());
  }

  @Test
  void aStartThatCannotListFailsAndSaysSo() {
    server.down = 403;
    assertThrows(
        KubernetesClientException.class,
        () -> new Watch<>(server.client, server.client.namespaces(), new Ear()).close());
  }
}
