package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.DestinationStatus.Counts;
import dev.spanthrift.exporter.destination.Backend.Reply;
import dev.spanthrift.exporter.destination.Backend.Script;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Limits;
import dev.spanthrift.exporter.settings.ExportSettings.Retry;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.transport.ClientLoops;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.netty.resources.LoopResources;

/** Real servers that misbehave: every code, cut connections, all at random. */
class FaultsTest {
  private static final LoopResources RESOURCES = LoopResources.create("test-out", 2, true);
  private static final Retry SOON =
      new Retry(Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMinutes(1));

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

  private static Destination open(ExportSettings settings) {
    return Destinations.open(settings, ClientLoops.of(RESOURCES));
  }

  private static ExportSettings settings(Protocol protocol, URI uri) {
    return ExportSettings.of("test", protocol, uri).withRetry(SOON);
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c4_c5_everyCodeOverTheWire(Protocol protocol) {
    int first = protocol == Protocol.GRPC ? 1 : 400;
    int last = protocol == Protocol.GRPC ? 16 : 599;
    Set<Integer> retryable =
        protocol == Protocol.GRPC ? Set.of(1, 4, 10, 11, 14, 15) : Set.of(429, 502, 503, 504);
    Map<Integer, Integer> seen = new ConcurrentHashMap<>();
    Script failsOnce =
        (n, r) -> {
          int code = r.body().length;
          return seen.merge(code, 1, Integer::sum) == 1
              ? new Reply.Error(code, "0")
              : Reply.SUCCESS;
        };
    try (Backend backend = backend(protocol, failsOnce);
        Destination destination = open(settings(protocol, backend.uri()))) {
      for (int code = first; code <= last; code++) {
        assertTrue(destination.offer(Requests.of(Signal.LOGS, code, 1)));
      }
      Await.until(
          () -> "all settled: " + destination.status(),
          () -> destination.status().queuedBytes() == 0);
      Map<Integer, Integer> expected = new HashMap<>();
      for (int code = first; code <= last; code++) {
        expected.put(code, retryable.contains(code) ? 2 : 1);
      }
      assertEquals(expected, new HashMap<>(seen));
      assertEquals(retryable.size(), Requests.counts(destination, Signal.LOGS).shipped());
      assertTrue(Requests.sumsHold(destination));
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void c8_requestIsSentAgainWhenTheConnectionIsCut(Protocol protocol) throws Exception {
    CuttingProxy[] wire = new CuttingProxy[1];
    Script cutsTwice =
        (n, r) -> {
          if (n < 2) {
            wire[0].cut();
            return new Reply.Silence();
          }
          return Reply.SUCCESS;
        };
    try (Backend backend = backend(protocol, cutsTwice);
        CuttingProxy proxy = new CuttingProxy(backend.uri().getPort());
        Destination destination = open(settings(protocol, proxy.uri()))) {
      wire[0] = proxy;
      byte[] request = Requests.traces(new Random(2), 20).request();
      destination.offer(new dev.spanthrift.exporter.Shipment(Signal.TRACES, request, 20));
      Await.until(
          () -> "shipped: " + destination.status(),
          () -> Requests.counts(destination, Signal.TRACES).shipped() == 20);
      assertEquals(3, backend.received.size());
      backend.received.forEach(r -> assertArrayEquals(request, r.body()));
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void backendThatStartsLateGetsEverything(Protocol protocol) throws Exception {
    try (Backend backend = backend(protocol, (n, r) -> Reply.SUCCESS)) {
      int free;
      try (CuttingProxy gone = new CuttingProxy(backend.uri().getPort())) {
        free = gone.uri().getPort();
      }
      try (Destination destination =
          open(settings(protocol, URI.create("http://127.0.0.1:" + free)))) {
        for (int i = 0; i < 20; i++) {
          destination.offer(Requests.of(Signal.METRICS, 100, 1));
        }
        Await.until("retries", () -> destination.status().retries() > 5);
        assertEquals(20, Requests.counts(destination, Signal.METRICS).queued());
        assertTrue(!destination.status().lastError().isEmpty());
        try (CuttingProxy late = new CuttingProxy(free, backend.uri().getPort())) {
          Await.until(
              () -> "shipped: " + destination.status(),
              () -> Requests.counts(destination, Signal.METRICS).shipped() == 20);
          assertTrue(late.uri().getPort() == free);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void sumsHoldAfterRandomFaults(Protocol protocol) throws Exception {
    long seed = Long.getLong("seed", 1);
    System.out.println(protocol + " seed " + seed);
    Random random = new Random(seed);
    CuttingProxy[] wire = new CuttingProxy[1];
    Script atRandom = (n, r) -> replyAtRandom(protocol, new Random(seed + n), wire[0]);
    try (Backend backend = backend(protocol, atRandom);
        CuttingProxy proxy = new CuttingProxy(backend.uri().getPort());
        Destination destination =
            open(
                settings(protocol, proxy.uri())
                    .withCompression(Compression.values()[random.nextInt(3)])
                    .withTimeout(Duration.ofMillis(100))
                    .withLimits(new Limits(60_000, 6, 10_000, 1000, 2000)))) {
      wire[0] = proxy;
      Map<Signal, Long> taken = new EnumMap<>(Signal.class);
      for (int i = 0; i < 1500; i++) {
        Signal signal = Signal.values()[random.nextInt(4)];
        int items = random.nextInt(30);
        int bytes = random.nextInt(100) == 0 ? 10_001 : random.nextInt(2000);
        for (int tries = 0; !destination.offer(Requests.of(signal, bytes, items)); tries++) {
          assertTrue(Requests.sumsHold(destination));
          Await.until(
              () -> "room: " + destination.status(),
              () -> destination.status().queuedBytes() < 30_000);
          assertTrue(tries < 100, "room but not taken");
        }
        taken.merge(signal, (long) items, Long::sum);
      }
      destination.drain(Duration.ofSeconds(random.nextInt(3)));

      assertTrue(Requests.sumsHold(destination), () -> "" + destination.status());
      assertEquals(0, destination.status().queuedBytes());
      Set<String> reasons = new HashSet<>();
      taken.forEach(
          (signal, items) -> {
            Counts counts = Requests.counts(destination, signal);
            reasons.addAll(counts.failed().keySet());
            assertEquals(items, counts.taken(), signal::name);
            assertEquals(0, counts.queued(), signal::name);
            assertTrue(counts.shipped() > 0, signal::name);
          });
      assertTrue(
          reasons.containsAll(Set.of("rejected", "too_large", "response_too_large")),
          reasons::toString);
    }
  }

  private static Reply replyAtRandom(Protocol protocol, Random random, CuttingProxy proxy) {
    int dice = random.nextInt(200);
    if (dice < 120) {
      return Reply.SUCCESS;
    }
    if (dice < 150) {
      int code = protocol == Protocol.GRPC ? 1 + random.nextInt(16) : 400 + random.nextInt(200);
      return new Reply.Error(code, protocol == Protocol.GRPC ? new byte[random.nextInt(9)] : "0");
    }
    if (dice < 180) {
      var answer = ExportTraceServiceResponse.newBuilder();
      answer.getPartialSuccessBuilder().setRejectedSpans(random.nextInt(20) - 2);
      return new Reply.Body(answer.build().toByteArray());
    }
    if (dice < 190) {
      return new Reply.Body(new byte[999 + random.nextInt(9)]);
    }
    if (dice < 198) {
      return new Reply.Silence();
    }
    proxy.cut();
    return new Reply.Silence();
  }
}
