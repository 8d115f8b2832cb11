package dev.spanthrift.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.sampler.Worth;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Isolated("listens to a log that others write to")
class OutletTest {
  /** Takes so many requests and keeps them. */
  private static final class Shelf implements Destination {
    private final List<Shipment> taken = new ArrayList<>();
    private final int room;
    private int yielding;

    Shelf(int room) {
      this.room = room;
    }

    @Override
    public String name() {
      return "shelf";
    }

    @Override
    public boolean offer(Shipment shipment) {
      return taken.size() < room && taken.add(shipment);
    }

    @Override
    public long queuedBytes() {
      return taken.size();
    }

    @Override
    public long yieldingBytes() {
      return yielding;
    }

    @Override
    public long queueBytesMax() {
      return room;
    }

    @Override
    public DestinationStatus status() {
      return new DestinationStatus("shelf", true, 0, room, 0, 0, Map.of(), "");
    }

    @Override
    public void drain(Duration atMost) {}

    @Override
    public void close() {}

    List<Signal> signals() {
      return taken.stream().map(Shipment::signal).toList();
    }
  }

  private final Shelf traces = new Shelf(1);
  private final Shelf others = new Shelf(9);
  private final Shelf all = new Shelf(9);
  private final Outlet outlet =
      new Outlet(
          List.of(
              new Route(others, Set.of(Signal.METRICS)),
              new Route(traces, Set.of(Signal.TRACES)),
              new Route(all, Set.of(Signal.TRACES, Signal.METRICS))));

  @Test
  void aSignalGoesOnlyWhereItIsTaken() {
    assertTrue(outlet.passOn(Signal.METRICS, new byte[1], 1));
    outlet.ship(new byte[1], 5, Worth.ORDINARY);
    assertEquals(List.of(Signal.METRICS), others.signals());
    assertEquals(List.of(Signal.TRACES), traces.signals());
    assertEquals(List.of(Signal.METRICS, Signal.TRACES), all.signals());
  }

  @Test
  void c11_aFullQueueCostsItsOwnDestinationTheRequestAndNobodyElse() {
    outlet.ship(new byte[1], 5, Worth.ORDINARY);
    assertFalse(outlet.refuses(Signal.TRACES), "the other has room");
    outlet.ship(new byte[1], 7, Worth.ERROR);
    assertTrue(outlet.passOn(Signal.TRACES, new byte[1], 2));
    assertEquals(
        Map.of("queue_full", 2L, "queue_full_error", 7L),
        outlet.overflowed(Signal.TRACES),
        "the first is the account's");
    assertEquals(Map.of(), outlet.overflowed(Signal.METRICS));
    assertEquals(1, traces.taken.size());
    assertEquals(3, all.taken.size());
  }

  @Test
  void c11_whenEveryQueueIsFullTheSenderIsAskedToWait() {
    for (int i = 0; i < 9; i++) {
      assertTrue(outlet.passOn(Signal.TRACES, new byte[1], 1));
    }
    assertTrue(outlet.refuses(Signal.TRACES));
    assertFalse(outlet.refuses(Signal.METRICS));
    assertFalse(outlet.passOn(Signal.TRACES, new byte[1], 1), "nothing was sent");
    assertEquals(9, all.taken.size());
    assertEquals(Map.of("queue_full", 8L), outlet.overflowed(Signal.TRACES));
  }

  @Test
  void whatNobodyTakesIsCounted() {
    assertTrue(outlet.passOn(Signal.LOGS, new byte[1], 3));
    assertEquals(3, outlet.unrouted(Signal.LOGS));
    assertEquals(0, outlet.unrouted(Signal.TRACES));
    assertFalse(outlet.refuses(Signal.LOGS));
  }

  @Test
  void requestsReachEachDestinationInTheirOrderAndShareTheirBytes() {
    for (int i = 1; i <= 4; i++) {
      outlet.ship(new byte[i], i, Worth.NEW);
    }
    assertEquals(List.of(1L, 2L, 3L, 4L), all.taken.stream().map(Shipment::items).toList());
    assertSame(traces.taken.getFirst().request(), all.taken.getFirst().request());
  }

  @Test
  void aSenderIsTakenWhileSomethingInAFullQueueWouldLeaveForBetter() {
    for (int i = 0; i < 9; i++) {
      outlet.ship(new byte[1], 1, Worth.ORDINARY);
    }
    all.yielding = 9;
    assertTrue(outlet.isCrowded(Signal.TRACES));
    assertFalse(outlet.refuses(Signal.TRACES));
    all.yielding = 0;
    assertTrue(outlet.refuses(Signal.TRACES));
  }

  @Test
  void thatSendersAreRefusedAndTakenAgainIsOneLineEach() {
    Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      RefusalLog refusals = new RefusalLog();
      for (int second = 0; second <= 40; second++) {
        refusals.refused(Signal.TRACES, TimeUnit.SECONDS.toNanos(second));
        refusals.taken(Signal.TRACES, TimeUnit.SECONDS.toNanos(second));
      }
      refusals.taken(Signal.TRACES, TimeUnit.SECONDS.toNanos(60));
      refusals.taken(Signal.TRACES, TimeUnit.SECONDS.toNanos(61));
    } finally {
      logger.detachAppender(lines);
    }
    assertEquals(
        List.of(
            "refusing traces: the queue is full of what is worth most, senders are asked to come"
                + " back",
            "traces are taken again: 41 requests were refused within 41 s"),
        lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }

  @Test
  void aSpanThatTheSpecificationForbidsLeavesAlone() throws Exception {
    byte[] request =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .addScopeSpans(
                        ScopeSpans.newBuilder()
                            .addSpans(span("good", 8))
                            .addSpans(span("bad", 16))
                            .addSpans(span("good", 8))))
            .build()
            .toByteArray();
    outlet.malformed(System.nanoTime());
    outlet.ship(request, 3, Worth.SLOW);
    assertEquals(List.of(2L, 1L), all.taken.stream().map(Shipment::items).toList());
    assertEquals(List.of(false, true), all.taken.stream().map(Shipment::alone).toList());
    ExportTraceServiceRequest alone =
        ExportTraceServiceRequest.parseFrom(all.taken.getLast().request());
    assertEquals("bad", alone.getResourceSpans(0).getScopeSpans(0).getSpans(0).getName());
  }

  private static Span span(String name, int idLength) {
    byte[] id = new byte[idLength];
    id[0] = 1;
    return Span.newBuilder()
        .setTraceId(
            ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6}))
        .setSpanId(ByteString.copyFrom(id))
        .setName(name)
        .build();
  }
}
