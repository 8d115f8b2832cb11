package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Limits;
import dev.spanthrift.exporter.settings.ExportSettings.Retry;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.transport.EncodedBody;
import dev.spanthrift.exporter.transport.SendResult;
import dev.spanthrift.exporter.transport.Sender;
import dev.spanthrift.exporter.transport.Timer;
import dev.spanthrift.sampler.Worth;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The queue and its retries, with a clock moved by hand and a sender that waits for our answer. */
class QueueTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final SendResult.Again BUSY =
      new SendResult.Again("status_503", "busy", SendResult.Again.OWN_BACKOFF, true);
  private static final SendResult.Again ABORTED =
      new SendResult.Again("status_ABORTED", "", SendResult.Again.OWN_BACKOFF, false);

  private record Sent(Signal signal, EncodedBody body, Consumer<SendResult> done) {}

  private static final class FakeSender implements Sender {
    final Deque<Sent> waiting = new ArrayDeque<>();
    final List<Sent> all = new ArrayList<>();
    int cancelled;
    boolean closed;

    @Override
    public Runnable send(Signal signal, EncodedBody body, Consumer<SendResult> done) {
      Sent sent = new Sent(signal, body, done);
      waiting.add(sent);
      all.add(sent);
      return () -> cancelled++;
    }

    void answer(SendResult outcome) {
      waiting.remove().done().accept(outcome);
    }

    @Override
    public boolean connected() {
      return true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class HandClock implements Timer {
    private record Task(long due, Runnable run) {}

    private final PriorityQueue<Task> tasks =
        new PriorityQueue<>(java.util.Comparator.comparingLong(Task::due));
    private long now;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void schedule(long delayNanos, Runnable task) {
      tasks.add(new Task(now + delayNanos, task));
    }

    void pass(long nanos) {
      long until = now + nanos;
      while (!tasks.isEmpty() && tasks.peek().due() <= until) {
        now = Math.max(now, tasks.peek().due());
        tasks.remove().run().run();
      }
      now = until;
    }

    /** Moves to the next task; how far that was. */
    long passToNext() {
      long step = Math.max(0, tasks.element().due() - now);
      pass(step);
      return step;
    }
  }

  private final FakeSender sender = new FakeSender();
  private final HandClock clock = new HandClock();

  private OtlpDestination destination(Limits limits) {
    return destination(limits, Retry.DEFAULT, 7);
  }

  private OtlpDestination destination(Limits limits, Retry retry, long seed) {
    ExportSettings settings =
        ExportSettings.of("fake", Protocol.GRPC, URI.create("http://nowhere:4317"))
            .withLimits(limits)
            .withRetry(retry);
    return new OtlpDestination(settings, sender, clock, new Random(seed), () -> {});
  }

  private static Limits limits(int queueBytesMax, int inFlightMax, int mergeBytesMax) {
    return new Limits(queueBytesMax, inFlightMax, 64 << 10, 4 << 20, mergeBytesMax);
  }

  private static Shipment traces(int bytes) {
    return Requests.of(Signal.TRACES, bytes, 1);
  }

  @Test
  void queueIsBoundedInBytesWaitingAndInFlight() {
    OtlpDestination destination = destination(limits(10_000, 2, 0));
    int taken = 0;
    while (destination.offer(traces(1000))) {
      taken++;
    }
    assertEquals(10_000 / (1000 + OtlpDestination.OVERHEAD_BYTES), taken);
    assertEquals(2, sender.waiting.size());
    assertEquals(taken * 1000L, destination.status().queuedBytes());
    assertEquals(taken * 1000L, destination.queuedBytes());
    assertEquals(10_000, destination.queueBytesMax());
    sender.answer(SendResult.Accepted.PLAIN);
    assertTrue(destination.offer(traces(1000)));
    assertFalse(destination.offer(traces(1000)));
    assertEquals(taken + 1, Requests.counts(destination, Signal.TRACES).taken());
    assertTrue(Requests.sumsHold(destination));
  }

  /** A slow backend must not hold the whole queue, or an error would find nothing that leaves. */
  @Test
  void whatIsInFlightLeavesHalfOfTheQueueToWhatIsWorthMost() {
    OtlpDestination destination = destination(limits(10_000, 100, 0));
    int taken = 0;
    while (destination.offer(new Shipment(Signal.TRACES, new byte[500], 1, Worth.ORDINARY))) {
      taken++;
    }
    assertEquals(6, sender.waiting.size(), "no more while a quarter of the queue is out there");
    assertFalse(destination.isFullOfTheBest());
    int errors = 0;
    while (destination.offer(new Shipment(Signal.TRACES, new byte[500], 1, Worth.ERROR))) {
      errors++;
    }
    assertEquals(taken - 6, errors, "each takes the place of an ordinary one");
    assertTrue(destination.isFullOfTheBest());
    assertTrue(Requests.sumsHold(destination));
  }

  @Test
  void emptyRequestsAreBoundedToo() {
    OtlpDestination destination = destination(limits(10_000, 1, 0));
    int taken = 0;
    while (destination.offer(traces(0))) {
      taken++;
    }
    assertEquals(10_000 / OtlpDestination.OVERHEAD_BYTES, taken);
  }

  @Test
  void c1_requestAboveTheLimitIsCountedAndNotSent() {
    OtlpDestination destination = destination(limits(1 << 20, 1, 0));
    assertTrue(destination.offer(Requests.of(Signal.TRACES, (64 << 10) + 1, 9)));
    assertTrue(destination.offer(Requests.of(Signal.TRACES, 64 << 10, 1)));
    assertEquals(1, sender.all.size());
    assertEquals(Map.of("too_large", 9L), Requests.counts(destination, Signal.TRACES).failed());
    assertTrue(Requests.sumsHold(destination));
  }

  @Test
  void c7_waitsGrowAreJitteredAndDifferBetweenInstances() {
    List<Long> one = waits(1);
    List<Long> two = waits(2);
    assertNotEquals(one, two);
    double[] ceilings = {1, 2, 4, 8, 16, 30, 30};
    for (int i = 0; i < ceilings.length; i++) {
      assertTrue(one.get(i) < ceilings[i] * SECOND, i + ": " + one);
    }
    assertTrue(one.stream().anyMatch(w -> w > 5 * SECOND), "grows: " + one);
  }

  private List<Long> waits(long seed) {
    sender.all.clear();
    OtlpDestination destination = destination(limits(10_000, 1, 0), Retry.DEFAULT, seed);
    destination.offer(traces(10));
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      long before = clock.nanos();
      sender.answer(ABORTED);
      while (sender.waiting.isEmpty()) {
        clock.passToNext();
      }
      waits.add(clock.nanos() - before);
    }
    sender.waiting.clear();
    return waits;
  }

  @Test
  void c7_waitsAverageHalfTheirCeiling() {
    Backoff backoff = new Backoff(Retry.DEFAULT, new Random(3));
    double sum = 0;
    for (int i = 0; i < 10_000; i++) {
      sum += backoff.nanosAfter(3, SendResult.Again.OWN_BACKOFF);
    }
    assertEquals(2.0, sum / 10_000 / SECOND, 0.05);
    assertTrue(backoff.nanosAfter(1_000_000, SendResult.Again.OWN_BACKOFF) < 30 * SECOND);
  }

  @Test
  void c6_waitsAsLongAsAskedAndAtMostATenthMore() {
    OtlpDestination destination = destination(limits(10_000, 1, 0));
    destination.offer(traces(10));
    sender.answer(new SendResult.Again("status_429", "", 20 * SECOND, true));
    clock.pass(20 * SECOND - 1);
    assertEquals(1, sender.all.size());
    clock.pass(2 * SECOND + 1);
    assertEquals(2, sender.all.size());
    assertEquals(1, destination.status().retries());
  }

  @Test
  void c6_dateInThePastMeansNow() {
    OtlpDestination destination = destination(limits(10_000, 1, 0));
    destination.offer(traces(10));
    sender.answer(new SendResult.Again("status_503", "", 0, true));
    clock.pass(0);
    assertEquals(2, sender.all.size());
    sender.answer(new SendResult.Again("status_503", "", 0, true));
    clock.pass(0);
    assertEquals(2, sender.all.size(), "said again, it does not make a busy loop");
  }

  @Test
  void c6_delayOfAnHourDoesNotHoldTheBuffer() {
    OtlpDestination destination = destination(limits(10_000, 4, 0));
    for (int i = 0; i < 8; i++) {
      assertTrue(destination.offer(traces(1000)));
    }
    SendResult.Again hour = new SendResult.Again("status_503", "closed", 3600 * SECOND, true);
    for (int i = 0; i < 2; i++) {
      while (!sender.waiting.isEmpty()) {
        sender.answer(hour);
      }
      clock.pass(300 * SECOND);
    }
    while (!sender.waiting.isEmpty()) {
      sender.answer(hour);
    }
    assertEquals(0, destination.status().queuedBytes());
    assertEquals(
        Map.of("retries_exhausted", 8L), Requests.counts(destination, Signal.TRACES).failed());
    assertTrue(Requests.sumsHold(destination));
  }

  @Test
  void outageLongerThanAllRetriesKeepsWhatWasNotTriedYet() {
    OtlpDestination destination = destination(limits(10_000, 1, 0));
    destination.offer(traces(10));
    destination.offer(traces(20));
    while (Requests.failed(destination, Signal.TRACES) == 0) {
      if (sender.waiting.isEmpty()) {
        clock.passToNext();
      } else {
        sender.answer(BUSY);
      }
    }
    assertTrue(clock.nanos() >= 300 * SECOND);
    while (sender.waiting.isEmpty()) {
      clock.passToNext();
    }
    assertEquals(20, sender.waiting.peek().body().length());
    sender.answer(SendResult.Accepted.PLAIN);
    assertEquals(1, Requests.counts(destination, Signal.TRACES).shipped());
    assertEquals(
        Map.of("retries_exhausted", 1L), Requests.counts(destination, Signal.TRACES).failed());
  }

  @Test
  void withoutRetriesTheFirstFailureIsTheLast() {
    Retry none = new Retry(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO);
    OtlpDestination destination = destination(limits(10_000, 1, 0), none, 1);
    destination.offer(traces(10));
    sender.answer(BUSY);
    assertEquals(
        Map.of("retries_exhausted", 1L), Requests.counts(destination, Signal.TRACES).failed());
  }

  @Test
  void c9_limitHalvesOncePerRoundAndRecovers() {
    OtlpDestination destination = destination(limits(1 << 20, 8, 0));
    for (int i = 0; i < 100; i++) {
      destination.offer(traces(10));
    }
    assertEquals(8, sender.waiting.size());
    clock.pass(1);
    for (int i = 0; i < 8; i++) {
      sender.answer(BUSY);
    }
    assertEquals(4, destination.inFlightLimit());
    for (int limit : new int[] {2, 1, 1}) {
      while (sender.waiting.isEmpty()) {
        clock.passToNext();
      }
      clock.pass(1);
      while (!sender.waiting.isEmpty()) {
        sender.answer(BUSY);
      }
      assertEquals(limit, destination.inFlightLimit());
    }
    while (Requests.counts(destination, Signal.TRACES).shipped() < 100) {
      while (sender.waiting.isEmpty()) {
        clock.passToNext();
      }
      sender.answer(SendResult.Accepted.PLAIN);
    }
    assertEquals(8, destination.inFlightLimit());
  }

  @Test
  void failureOfOneRequestDoesNotHoldUpTheOthers() {
    OtlpDestination destination = destination(limits(10_000, 1, 0));
    destination.offer(traces(10));
    destination.offer(traces(20));
    sender.answer(ABORTED);
    assertEquals(20, sender.waiting.element().body().length());
    assertEquals(1, destination.inFlightLimit());
  }

  @Test
  void w11_waitingRequestsOfOneSignalAreSentAsOne() throws Exception {
    OtlpDestination destination = destination(limits(1 << 20, 1, 5000));
    Random random = new Random(5);
    List<Shipment> shipments = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      shipments.add(Requests.traces(random, 10 + i));
    }
    shipments.forEach(destination::offer);
    destination.offer(Requests.of(Signal.LOGS, 5, 1));
    clock.pass(0);
    EncodedBody merged = sender.waiting.element().body();
    assertTrue(merged.length() <= 5000);
    sender.answer(SendResult.Accepted.PLAIN);
    while (!sender.waiting.isEmpty()) {
      sender.answer(SendResult.Accepted.PLAIN);
    }
    int spans = 0;
    for (Sent sent : sender.all) {
      if (sent.signal() == Signal.TRACES) {
        var request = ExportTraceServiceRequest.parseFrom(sent.body().bytes());
        spans +=
            request.getResourceSpansList().stream()
                .mapToInt(r -> r.getScopeSpans(0).getSpansCount())
                .sum();
      }
    }
    assertEquals(shipments.stream().mapToLong(Shipment::items).sum(), spans);
    assertEquals(spans, Requests.counts(destination, Signal.TRACES).shipped());
    assertTrue(sender.all.size() <= 4, "merged into fewer: " + sender.all.size());
    assertEquals(0, destination.status().queuedBytes());
  }

  @Test
  void offersDuringAnOutageDoNotPileUpAlarms() {
    OtlpDestination destination = destination(limits(1 << 20, 4, 500));
    for (int i = 0; i < 2000; i++) {
      destination.offer(traces(10));
      clock.pass(1000);
      if (!sender.waiting.isEmpty()) {
        sender.answer(BUSY);
      }
      assertTrue(clock.tasks.size() < 20, "alarms " + clock.tasks.size());
    }
    while (Requests.counts(destination, Signal.TRACES).queued() > 0) {
      if (sender.waiting.isEmpty()) {
        clock.passToNext();
      } else {
        sender.answer(SendResult.Accepted.PLAIN);
      }
    }
    assertEquals(2000, Requests.counts(destination, Signal.TRACES).shipped());
  }

  @Test
  void w11_refusedMergeIsSentAgainInItsParts() {
    OtlpDestination destination = destination(limits(1 << 20, 1, 5000));
    for (int i = 1; i <= 3; i++) {
      destination.offer(Requests.of(Signal.LOGS, i, i));
    }
    clock.pass(0);
    assertEquals(6, sender.waiting.element().body().length());
    sender.answer(new SendResult.Failed("status_INVALID_ARGUMENT", "one of them", true));
    destination.offer(Requests.of(Signal.LOGS, 4, 4));
    for (int bytes : new int[] {1, 5, 2, 3, 4}) { // halves: 1 and 2 + 3, then 2 and 3
      assertEquals(bytes, sender.waiting.element().body().length());
      sender.answer(
          bytes == 2 || bytes == 5
              ? new SendResult.Failed("status_INVALID_ARGUMENT", "this one", true)
              : SendResult.Accepted.PLAIN);
    }
    assertEquals(8, Requests.counts(destination, Signal.LOGS).shipped());
    assertEquals(
        Map.of("status_INVALID_ARGUMENT", 2L), Requests.counts(destination, Signal.LOGS).failed());
    assertEquals(0, destination.status().queuedBytes());
    assertTrue(Requests.sumsHold(destination));
  }

  @Test
  void w10_profilesAreNeverMerged() {
    OtlpDestination destination = destination(limits(1 << 20, 1, 5000));
    for (int i = 0; i < 3; i++) {
      destination.offer(Requests.of(Signal.PROFILES, 10 + i, 1));
    }
    clock.pass(0);
    for (int i = 0; i < 3; i++) {
      assertEquals(10 + i, sender.waiting.element().body().length());
      sender.answer(SendResult.Accepted.PLAIN);
    }
  }

  @Test
  void w11_withoutTheSettingNothingIsMerged() {
    OtlpDestination destination = destination(limits(1 << 20, 1, 0));
    Shipment first = traces(10);
    destination.offer(first);
    destination.offer(traces(20));
    sender.answer(SendResult.Accepted.PLAIN);
    assertEquals(20, sender.waiting.element().body().length());
    assertArrayEquals(first.request(), sender.all.getFirst().body().bytes());
  }

  @Test
  void c12_drainWithoutTimeCountsEverythingAsShutdown() {
    OtlpDestination destination = destination(limits(10_000, 2, 0));
    for (int i = 0; i < 5; i++) {
      destination.offer(Requests.of(Signal.LOGS, 10, 2));
    }
    sender.answer(BUSY);
    destination.drain(Duration.ZERO);
    assertEquals(Map.of("shutdown", 10L), Requests.counts(destination, Signal.LOGS).failed());
    assertEquals(1, sender.cancelled);
    sender.answer(SendResult.Accepted.PLAIN); // too late: booked already
    assertEquals(0, Requests.counts(destination, Signal.LOGS).shipped());
    assertFalse(destination.offer(traces(1)));
    assertTrue(Requests.sumsHold(destination));
    destination.close();
    destination.close();
    assertTrue(sender.closed);
  }

  @Test
  void hugeRejectedCountsDoNotBreakTheSum() {
    OtlpDestination destination = destination(limits(10_000, 1, 0));
    destination.offer(Requests.of(Signal.METRICS, 10, 5));
    sender.answer(new SendResult.Accepted("partial_success", Long.MAX_VALUE, "all of them"));
    assertEquals(Map.of("rejected", 5L), Requests.counts(destination, Signal.METRICS).failed());
    destination.offer(Requests.of(Signal.METRICS, 10, 5));
    sender.answer(new SendResult.Accepted("accepted", -3, ""));
    assertEquals(5, Requests.counts(destination, Signal.METRICS).shipped());
    assertTrue(Requests.sumsHold(destination));
  }

  @Test
  void backendsWordsBecomeOnePrintableLineOfBoundedLength() {
    OtlpDestination destination = destination(limits(10_000, 1, 0));
    destination.offer(traces(10));
    sender.answer(
        new SendResult.Failed("status_400", "a\r\nWARN forged " + "x".repeat(2000), true));
    String lastError = destination.status().lastError();
    assertTrue(lastError.startsWith("status_400: a WARN forged"), lastError);
    assertTrue(lastError.length() <= 501);
  }
}
