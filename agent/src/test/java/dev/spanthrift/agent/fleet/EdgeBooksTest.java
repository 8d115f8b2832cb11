package dev.spanthrift.agent.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.config.settings.FleetSettings;
import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where traces tear, counted over a real engine. */
@Timeout(120)
class EdgeBooksTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;
  private RedisServer server;
  private final List<FleetDoor> fleets = new ArrayList<>();

  @BeforeEach
  void start() {
    server = RedisServer.start(folder);
  }

  @AfterEach
  void stop() {
    fleets.forEach(FleetDoor::close);
    server.close();
  }

  private FleetDoor fleet(String pod) {
    FleetDoor fleet = FleetDoor.open(patient(server.url(), pod), 10_000, true);
    fleets.add(fleet);
    RedisKeepLedgerTest.await(() -> !fleet.status().away());
    return fleet;
  }

  /** The longest time for an answer: what is not answered in time is not counted. */
  private static FleetSettings patient(String url, String pod) {
    return new FleetSettings(
        url,
        "default",
        pod,
        "st",
        0,
        null,
        null,
        null,
        null,
        null,
        null,
        Duration.ofSeconds(30),
        true,
        Duration.ofSeconds(5),
        10);
  }

  /** One span of a service, received and decided. */
  private static void span(
      FleetDoor fleet, long trace, long id, long parent, String service, boolean kept) {
    ByteBuffer traceId = ByteBuffer.allocate(16).putLong(trace).putLong(trace).flip();
    Span.Builder span =
        Span.newBuilder().setTraceId(ByteString.copyFrom(traceId)).setSpanId(bytes(id));
    if (parent != 0) {
      span.setParentSpanId(bytes(parent));
    }
    byte[] request =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .setResource(
                        Resource.newBuilder()
                            .addAttributes(
                                KeyValue.newBuilder()
                                    .setKey("service.name")
                                    .setValue(AnyValue.newBuilder().setStringValue(service))))
                    .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
            .build()
            .toByteArray();
    Batch batch = new Scanner(10).scan(request, 0, request.length);
    fleet.watch().received(batch);
    if (kept) {
      fleet.watch().kept(trace, trace, 1, 1, "");
    } else {
      fleet.watch().dropped(trace, trace, 1, 1, "");
    }
  }

  private static ByteString bytes(long id) {
    return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(id).flip());
  }

  /** Of so many thousand traces a part is in the sample; each has a caller and who is called. */
  static void trace(FleetDoor fleet, boolean callerKept, boolean calledKept, int seed) {
    for (long i = 1; i <= 100; i++) {
      long trace = seed * 1_000L + i;
      span(fleet, trace, 7, 0, "cart", callerKept);
      span(fleet, trace, 8, 7, "price", calledKept);
    }
  }

  static void exchangeLater(FleetDoor fleet) {
    boolean[] back = new boolean[1];
    long later = System.nanoTime() + 46 * SECOND;
    fleet.ledger().exchange(new LedgerBatch(), later, unused -> back[0] = true);
    RedisKeepLedgerTest.await(
        () -> {
          fleet.ledger().poll(later);
          return back[0];
        });
  }

  /**
   * What is left on the engine is not waited for by the exchange that leaves it; but a question
   * that is answered on the same connection comes after it. Else one sidecar could look before the
   * other's spans are there.
   */
  private void settle() {
    fleets.forEach(f -> RedisKeepLedgerTest.exchange(f.ledger(), new LedgerBatch()));
    for (FleetDoor fleet : fleets) {
      LedgerBatch question = new LedgerBatch();
      question.ask(1, 1, false, 100);
      RedisKeepLedgerTest.exchange(fleet.ledger(), question);
    }
    fleets.forEach(EdgeBooksTest::exchangeLater);
  }

  /** Of the traces of one thousand. */
  private static int sampled(int thousand) {
    int sampled = 0;
    for (long i = 1; i <= 100; i++) {
      long trace = thousand * 1_000L + i;
      sampled += EdgeSample.isSampled(trace, trace) ? 1 : 0;
    }
    return sampled;
  }

  private List<FleetStatus.Edge> edges() {
    return fleets.getFirst().edges().join();
  }

  @Test
  void anEdgeIsWholeWhereBothSidesKeepAndTornWhereOneDoes() {
    FleetDoor caller = fleet("caller");
    FleetDoor called = fleet("called");
    boolean[][] kept = {{true, true}, {true, true}, {true, false}, {false, true}, {false, false}};
    for (int c = 0; c < kept.length; c++) {
      for (long i = 1; i <= 100; i++) {
        long trace = c * 1_000L + i;
        span(caller, trace, 7, 0, "cart", kept[c][0]);
        span(called, trace, 8, 7, "price", kept[c][1]);
      }
      settle();
    }
    long bothKept = sampled(0) + sampled(1);
    long oneKept = sampled(2) + sampled(3);
    // Counts come one by one, and not in the order of the traces.
    RedisKeepLedgerTest.await(
        () -> edges().stream().anyMatch(e -> e.whole() == bothKept && e.torn() == oneKept));
    assertEquals(1, edges().size());
    FleetStatus.Edge edge = edges().getFirst();
    assertEquals("cart", edge.from());
    assertEquals("price", edge.to());
    long all = edge.whole() + edge.torn();
    assertTrue(all > 400 / 32 && all < 400 / 8, "one trace in sixteen: " + edge);
    assertEquals((double) edge.whole() / all, edge.wholeShare());
    assertEquals(.5, edge.wholeShare(), .25);
  }

  @Test
  void callsInsideOneSidecarAreNoEdges() {
    FleetDoor one = fleet("one");
    for (long trace = 1; trace <= 100; trace++) {
      span(one, trace, 7, 0, "cart", true);
    }
    settle();
    assertEquals(List.of(), edges());
  }

  @Test
  void aSidecarNamesSixtyFourEdgesAndThenOthers() {
    FleetDoor caller = fleet("caller");
    FleetDoor called = fleet("called");
    for (int service = 0; service < 80; service++) {
      for (long i = 1; i <= 100; i++) {
        long trace = service * 1_000L + i;
        span(caller, trace, 7, 0, "cart", true);
        span(called, trace, 8, 7, "service-" + service, true);
      }
      settle();
    }
    RedisKeepLedgerTest.await(() -> edges().stream().anyMatch(e -> e.from().equals("other")));
    assertEquals(65, edges().size());
  }
}
