package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.destination.Backend.Received;
import dev.spanthrift.exporter.destination.Backend.Reply;
import dev.spanthrift.exporter.destination.Backend.Script;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Limits;
import dev.spanthrift.exporter.settings.ExportSettings.Retry;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.transport.ClientLoops;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.netty.resources.LoopResources;

/** Both transports against real servers: what goes over the wire and what comes of the answers. */
class TransportTest {
  private static final LoopResources RESOURCES = LoopResources.create("test-out", 1, true);
  private static final ClientLoops LOOPS = ClientLoops.of(RESOURCES);
  private static final Retry SOON =
      new Retry(Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMinutes(1));

  @AfterAll
  static void stopLoops() {
    RESOURCES.dispose();
  }

  private static Backend backend(Protocol protocol, Script script) {
    return switch (protocol) {
      case GRPC -> new GrpcBackend(script);
      case HTTP_PROTOBUF -> new HttpBackend(script);
    };
  }

  private static ExportSettings settings(Protocol protocol, URI uri) {
    return ExportSettings.of("test", protocol, uri).withRetry(SOON);
  }

  private static Destination open(ExportSettings settings) {
    return Destinations.open(settings, LOOPS);
  }

  private static Destination open(Protocol protocol, Backend backend) {
    return open(settings(protocol, backend.uri()));
  }

  private static void awaitShipped(Destination destination, long items) {
    Await.until(
        () -> items + " shipped: " + destination.status(),
        () -> Requests.counts(destination, Signal.TRACES).shipped() == items);
  }

  private static Reply retryable(Protocol protocol) {
    return new Reply.Error(protocol == Protocol.GRPC ? 14 : 503, "");
  }

  private static Reply refusal(Protocol protocol) {
    return new Reply.Error(protocol == Protocol.GRPC ? 3 : 400, "");
  }

  @ParameterizedTest
  @CsvSource({
    "GRPC, NONE", "GRPC, GZIP", "GRPC, ZSTD",
    "HTTP_PROTOBUF, NONE", "HTTP_PROTOBUF, GZIP", "HTTP_PROTOBUF, ZSTD"
  })
  void c13_bytesArriveAsOfferedUnderEveryCompression(Protocol protocol, Compression compression)
      throws Exception {
    Shipment shipment = Requests.traces(new Random(1), 50);
    try (Backend backend = backend(protocol, (n, r) -> Reply.SUCCESS);
        Destination destination =
            open(settings(protocol, backend.uri()).withCompression(compression))) {
      assertTrue(destination.offer(shipment));
      awaitShipped(destination, 50);

      Received received = backend.received.getFirst();
      assertArrayEquals(shipment.request(), received.body());
      assertEquals(50, spans(received));
      String encoding = protocol == Protocol.GRPC ? "grpc-encoding" : "content-encoding";
      assertEquals(
          compression == Compression.NONE ? null : compression.toString(),
          received.headers().get(encoding));
      assertEquals(
          protocol == Protocol.GRPC ? "application/grpc" : "application/x-protobuf",
          received.headers().get("content-type"));
      boolean smaller = destination.status().wireBytes() < shipment.bytes();
      assertEquals(compression != Compression.NONE, smaller);
      assertTrue(destination.status().connected());
    }
  }

  private static int spans(Received received) throws Exception {
    return ExportTraceServiceRequest.parseFrom(received.body())
        .getResourceSpans(0)
        .getScopeSpans(0)
        .getSpansCount();
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void everySignalHasItsOwnService(Protocol protocol) {
    try (Backend backend = backend(protocol, (n, r) -> Reply.SUCCESS);
        Destination destination = open(protocol, backend)) {
      for (Signal signal : Signal.values()) {
        destination.offer(Requests.of(signal, 10, 1));
        Await.until("shipped " + signal, () -> Requests.counts(destination, signal).shipped() == 1);
        assertEquals(signal, backend.received.getLast().signal());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c14_c17_sendsUserAgentAndOwnHeaders(Protocol protocol) {
    try (Backend backend = backend(protocol, (n, r) -> Reply.SUCCESS);
        Destination one =
            open(
                settings(protocol, backend.uri())
                    .withHeaders(Map.of("X-Scope-OrgID", "one", "Authorization", "Bearer 1")));
        Destination two =
            open(settings(protocol, backend.uri()).withHeaders(Map.of("X-Scope-OrgID", "two")))) {
      one.offer(Requests.of(Signal.TRACES, 11, 1));
      two.offer(Requests.of(Signal.TRACES, 22, 1));
      awaitShipped(one, 1);
      awaitShipped(two, 1);
      for (Received received : backend.received) {
        boolean first = received.body().length == 11;
        Map<String, String> headers = received.headers();
        assertEquals(first ? "one" : "two", headers.get("x-scope-orgid"));
        assertEquals(first ? "Bearer 1" : null, headers.get("authorization"));
        String agent = headers.get("user-agent");
        assertTrue(
            agent.matches("Spanthrift/\\S+ OTel-OTLP-Exporter-Java/\\S+( grpc-java-netty/.*)?"),
            agent);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c3_partialSuccessIsCountedAndNotSentAgain(Protocol protocol) {
    byte[] partial =
        ExportTraceServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportTracePartialSuccess.newBuilder()
                    .setRejectedSpans(3)
                    .setErrorMessage("three are too old"))
            .build()
            .toByteArray();
    try (Backend backend =
            backend(protocol, (n, r) -> n == 0 ? new Reply.Body(partial) : Reply.SUCCESS);
        Destination destination = open(protocol, backend)) {
      destination.offer(Requests.of(Signal.TRACES, 10, 10));
      awaitShipped(destination, 7);
      destination.offer(Requests.of(Signal.TRACES, 20, 1));
      awaitShipped(destination, 8);
      assertEquals(2, backend.received.size());
      assertEquals(Map.of("rejected", 3L), Requests.counts(destination, Signal.TRACES).failed());
      assertTrue(destination.status().lastError().contains("three are too old"));
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c4_c5_retriesWhatIsRetryableAndNothingElse(Protocol protocol) {
    try (Backend backend =
            backend(
                protocol,
                (n, r) -> {
                  if (r.body().length == 20) {
                    return refusal(protocol);
                  }
                  return n < 2 ? retryable(protocol) : Reply.SUCCESS;
                });
        Destination destination = open(protocol, backend)) {
      destination.offer(Requests.of(Signal.TRACES, 10, 4));
      awaitShipped(destination, 4);
      destination.offer(Requests.of(Signal.TRACES, 20, 5));
      Await.until("refused", () -> Requests.failed(destination, Signal.TRACES) == 5);

      assertEquals(4, backend.received.size());
      assertEquals(2, destination.status().retries());
      String reason = protocol == Protocol.GRPC ? "status_INVALID_ARGUMENT" : "status_400";
      assertEquals(Map.of(reason, 5L), Requests.counts(destination, Signal.TRACES).failed());
      assertTrue(destination.status().lastError().contains("no"));
      assertEquals(50, destination.status().wireBytes());
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c2_answersAboveTheBoundAreNotRetried(Protocol protocol) {
    byte[] bomb = new byte[8 << 20];
    try (Backend backend = oversized(protocol, bomb);
        Destination destination = open(protocol, backend)) {
      destination.offer(Requests.of(Signal.TRACES, 10, 2));
      Await.until("failed", () -> Requests.failed(destination, Signal.TRACES) == 2);
      assertEquals(
          Map.of("response_too_large", 2L), Requests.counts(destination, Signal.TRACES).failed());
      assertEquals(1, backend.received.size());
    }
  }

  /** Small on the wire, large when decompressed. */
  private static Backend oversized(Protocol protocol, byte[] bomb) {
    return switch (protocol) {
      case GRPC -> new GrpcBackend((n, r) -> new Reply.Body(bomb));
      case HTTP_PROTOBUF ->
          new HttpBackend((n, r) -> new Reply.Body(Codec.gzip(bomb)))
              .replyHeader("Content-Encoding", "gzip");
    };
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c2_plainAnswersAboveTheBoundAreNotRetried(Protocol protocol) {
    Limits small = new Limits(1 << 20, 8, 1 << 20, 500, 0);
    try (Backend backend = backend(protocol, (n, r) -> new Reply.Body(new byte[501]));
        Destination destination = open(settings(protocol, backend.uri()).withLimits(small))) {
      destination.offer(Requests.of(Signal.TRACES, 10, 2));
      Await.until("failed", () -> Requests.failed(destination, Signal.TRACES) == 2);
      assertEquals(
          Map.of("response_too_large", 2L), Requests.counts(destination, Signal.TRACES).failed());
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void timeoutEndsASilentAttemptAndRetries(Protocol protocol) {
    try (Backend backend =
            backend(protocol, (n, r) -> n == 0 ? new Reply.Silence() : Reply.SUCCESS);
        Destination destination =
            open(settings(protocol, backend.uri()).withTimeout(Duration.ofMillis(200)))) {
      destination.offer(Requests.of(Signal.TRACES, 10, 2));
      awaitShipped(destination, 2);
      // A third attempt only where this machine took longer than the time-out to answer.
      assertTrue(backend.received.size() >= 2, "attempts " + backend.received.size());
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c10_connectionsAreKeptAndBounded(Protocol protocol) {
    try (Backend backend = backend(protocol, (n, r) -> Reply.SUCCESS);
        Destination destination = open(protocol, backend)) {
      for (int i = 0; i < 300; i++) {
        assertTrue(destination.offer(Requests.of(Signal.TRACES, 10, 1)));
      }
      awaitShipped(destination, 300);
      int most = protocol == Protocol.GRPC ? 1 : Limits.DEFAULT.inFlightMax();
      assertTrue(backend.connections.get() <= most, "connections " + backend.connections);
      assertTrue(backend.inFlightMost.get() <= Limits.DEFAULT.inFlightMax());
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c9_requestsInFlightFallUnderOverloadAndRecover(Protocol protocol) {
    AtomicBoolean overloaded = new AtomicBoolean(true);
    try (Backend backend =
            backend(protocol, (n, r) -> overloaded.get() ? retryable(protocol) : Reply.SUCCESS);
        Destination destination = open(protocol, backend)) {
      OtlpDestination inside = (OtlpDestination) destination;
      for (int i = 0; i < 400; i++) {
        destination.offer(Requests.of(Signal.TRACES, 10, 1));
      }
      Await.until("one in flight", () -> inside.inFlightLimit() == 1);
      overloaded.set(false);
      awaitShipped(destination, 400);
      assertEquals(Limits.DEFAULT.inFlightMax(), inside.inFlightLimit());
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c11_hangingDestinationDoesNotBlockTheOther(Protocol protocol) {
    Shipment shipment = Requests.of(Signal.TRACES, 1 << 20, 1);
    try (Backend hanging = backend(protocol, (n, r) -> new Reply.Silence());
        Backend healthy = backend(protocol, (n, r) -> Reply.SUCCESS);
        Destination slow = open(protocol, hanging);
        Destination fast = open(protocol, healthy)) {
      int takenBySlow = 0;
      for (int i = 0; i < 100; i++) {
        Await.until("room", () -> fast.offer(shipment));
        takenBySlow += slow.offer(shipment) ? 1 : 0;
      }
      awaitShipped(fast, 100);
      assertEquals(63, takenBySlow, "64 MiB hold 63 requests of 1 MiB and their overhead");
      assertEquals(63L << 20, slow.status().queuedBytes());
      assertTrue(Requests.sumsHold(slow));
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c12_drainSendsWhatItCanAndCountsTheRest(Protocol protocol) {
    try (Backend backend =
            backend(
                protocol, (n, r) -> r.body().length == 20 ? new Reply.Silence() : Reply.SUCCESS);
        Destination destination = open(protocol, backend)) {
      for (int i = 0; i < 20; i++) {
        destination.offer(Requests.of(Signal.TRACES, i == 3 ? 20 : 10, 1));
      }
      destination.drain(Duration.ofSeconds(1));
      assertEquals(19, Requests.counts(destination, Signal.TRACES).shipped());
      assertEquals(Map.of("shutdown", 1L), Requests.counts(destination, Signal.TRACES).failed());
      assertEquals(0, destination.status().queuedBytes());
      assertFalse(destination.offer(Requests.of(Signal.TRACES, 10, 1)));
      assertTrue(Requests.sumsHold(destination));
      Await.until("the hanging attempt is cancelled", () -> backend.inFlight.get() == 0);
    }
  }
}
