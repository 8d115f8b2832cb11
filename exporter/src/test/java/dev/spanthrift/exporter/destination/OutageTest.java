package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Limits;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.transport.EncodedBody;
import dev.spanthrift.exporter.transport.SendResult;
import dev.spanthrift.exporter.transport.Sender;
import dev.spanthrift.exporter.transport.Timer;
import dev.spanthrift.sampler.Worth;
import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** A backend that goes away and comes back, in simulated time. */
@Isolated("listens to a log that others write to")
class OutageTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final SendResult AWAY =
      new SendResult.Again(
          "connection", "nothing listens on there", SendResult.Again.OWN_BACKOFF, true);

  private static final class World implements Timer, Sender {
    private record Task(long due, Runnable run) {}

    final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::due));
    final List<Long> tries = new ArrayList<>();
    long now;
    boolean there;
    long delivered;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void schedule(long delayNanos, Runnable task) {
      tasks.add(new Task(now + delayNanos, task));
    }

    void passTo(long end) {
      while (!tasks.isEmpty() && tasks.element().due() <= end) {
        now = Math.max(now, tasks.element().due());
        tasks.remove().run().run();
      }
      now = end;
    }

    @Override
    public Runnable send(Signal signal, EncodedBody body, Consumer<SendResult> done) {
      tries.add(now);
      schedule(
          1_000_000,
          () -> {
            delivered += there ? body.length() : 0;
            done.accept(there ? SendResult.Accepted.PLAIN : AWAY);
          });
      return () -> {};
    }

    @Override
    public boolean connected() {
      return there;
    }

    @Override
    public void close() {}
  }

  private final World world = new World();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    Logger availability = (Logger) LoggerFactory.getLogger(Availability.class);
    availability.setLevel(Level.INFO); // tests are silent below WARN
    availability.addAppender(lines);
    ((Logger) LoggerFactory.getLogger(Complaints.class)).addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    ((Logger) LoggerFactory.getLogger(Availability.class)).detachAppender(lines);
    ((Logger) LoggerFactory.getLogger(Complaints.class)).detachAppender(lines);
  }

  private OtlpDestination destination(long queueBytesMax) {
    ExportSettings settings =
        ExportSettings.of("backend", Protocol.GRPC, URI.create("http://nowhere:4317"))
            .withLimits(new Limits(queueBytesMax, 8, 1 << 20, 4 << 20, 64 << 10));
    return new OtlpDestination(settings, world, world, new Random(3), () -> {});
  }

  private static boolean offer(OtlpDestination destination, Worth worth, int bytes) {
    return destination.offer(new Shipment(Signal.TRACES, new byte[bytes], 1, worth));
  }

  @Test
  void ordinaryTracesLeaveAFullQueueBeforeNewSlowAndErrorsAndNoErrorIsLost() {
    OtlpDestination destination = destination(1 << 20);
    int errors = 0;
    for (int second = 0; second < 300; second++) {
      world.passTo(second * SECOND);
      offer(destination, Worth.ORDINARY, 8000);
      offer(destination, Worth.NEW, 400);
      offer(destination, Worth.SLOW, 400);
      assertTrue(offer(destination, Worth.ERROR, 1000));
      errors++;
      assertFalse(destination.isFullOfTheBest(), "senders are taken");
    }
    Map<String, Long> lost = Requests.counts(destination, Signal.TRACES).failed();
    assertEquals(java.util.Set.of("queue_full_ordinary"), lost.keySet());
    world.there = true;
    world.passTo(400 * SECOND);
    assertEquals(0, destination.queuedBytes());
    long shipped = Requests.counts(destination, Signal.TRACES).shipped();
    assertTrue(shipped >= errors * 3L, "errors, slow and new: " + shipped);
    assertTrue(Requests.sumsHold(destination));
  }

  @Test
  void whatIsWorthMoreGoesTooWhenNothingElseIsLeftAndThenSendersAreRefused() {
    OtlpDestination destination = destination(100_000);
    for (Worth worth :
        new Worth[] {Worth.ORDINARY, Worth.NEW, Worth.SLOW, Worth.RULE, Worth.ERROR}) {
      for (int i = 0; i < 200; i++) {
        offer(destination, worth, 1000);
      }
    }
    assertTrue(destination.isFullOfTheBest());
    assertFalse(offer(destination, Worth.ERROR, 1000));
    assertFalse(destination.offer(new Shipment(Signal.LOGS, new byte[1000], 1)));
    Map<String, Long> lost = Requests.counts(destination, Signal.TRACES).failed();
    assertEquals(
        java.util.Set.of(
            "queue_full_ordinary", "queue_full_new", "queue_full_slow", "queue_full_rule"),
        lost.keySet());
    assertTrue(Requests.sumsHold(destination));
  }

  @Test
  void oneTryEveryFewSecondsFindsTheBackendAgainAndEachTurnIsOneLine() {
    OtlpDestination destination = destination(8 << 20);
    for (int i = 0; i < 600; i++) {
      world.passTo(i * SECOND / 10);
      offer(destination, Worth.ORDINARY, 10_000);
    }
    assertTrue(destination.status().away());
    assertTrue(world.tries.size() < 60, "tries in 60 s: " + world.tries.size());
    world.passTo(300 * SECOND);
    long tries = world.tries.stream().filter(at -> at > 100 * SECOND).count();
    assertTrue(tries >= 45 && tries <= 100, "tries in 200 s: " + tries);
    world.there = true;
    world.passTo(306 * SECOND);
    assertEquals(0, destination.queuedBytes(), "all of it within 6 s of its return");
    assertEquals(600, Requests.counts(destination, Signal.TRACES).shipped());
    List<String> said = lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertEquals(3, said.size(), said::toString);
    assertTrue(said.get(0).startsWith("destination backend: connection: nothing"), said.get(0));
    assertTrue(said.get(1).startsWith("destination backend is away: connection"), said.get(1));
    assertTrue(said.get(2).startsWith("destination backend is back after 5 min"), said.get(2));
    assertTrue(said.get(2).contains("nothing was lost"), said.get(2));
    assertFalse(destination.status().away());
  }

  @Test
  void whatWasLostMeanwhileIsSaidWhenTheBackendIsBack() {
    OtlpDestination destination = destination(50_000);
    for (int i = 0; i < 20; i++) {
      world.passTo(i * SECOND);
      offer(destination, Worth.ORDINARY, 8000);
      offer(destination, Worth.ERROR, 1000);
    }
    world.there = true;
    world.passTo(30 * SECOND);
    String back = lines.list.getLast().getFormattedMessage();
    assertTrue(back.contains("lost {queue_full_ordinary="), back);
  }
}
