package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Too much, too large, nobody to take it: in a small heap, with a small queue. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OverloadIT {
  private static final long SEED = Long.getLong("seed", 1);
  private static final Random RANDOM = new Random(SEED);
  private static final int BOMB = (64 << 20) + 1; // above the default limit (specs.md S4, S5)

  @TempDir static Path temp;
  private static OtlpBackend backend;
  private static OtlpBackend hanging;
  private static OtlpBackend telemetry;
  private static Program program;
  private static Sender sender;
  private static final Set<ByteString> sent = new HashSet<>();

  @BeforeAll
  static void start() {
    System.out.println("seed " + SEED);
    backend = new GrpcBackend();
    hanging = new HttpBackend();
    hanging.mood(OtlpBackend.Mood.HANG);
    telemetry = new HttpBackend();
    program =
        new Launch(temp)
            .env("SPANTHRIFT_JAVA_OPTS", "-Xmx48m") // less than one bomb
            .env("SPANTHRIFT_TELEMETRY_ENDPOINT", telemetry.uri())
            .env("SPANTHRIFT_TELEMETRY_INTERVAL", "1s")
            .yaml(
                """
                destinations:
                  - {name: main, endpoint: '%s', protocol: grpc, queueBytesMax: 1MiB, timeout: 2s}
                  - {name: hanging, endpoint: '%s', queueBytesMax: 1MiB}
                hold: {pause: 20ms, deadline: 100ms}
                export: {delay: 10ms, batchBytes: 32KiB}
                """
                    .formatted(backend.uri(), hanging.uri()))
            .run();
    sender = new Sender(program.ports());
  }

  @AfterAll
  static void end() {
    sender.close();
    program.close();
    backend.close();
    hanging.close();
    telemetry.close();
  }

  private static List<Span> traces(int count, boolean failed) {
    return IntStream.range(0, count)
        .boxed()
        .flatMap(i -> RandomTraces.trace(RANDOM, "", failed).stream())
        .toList();
  }

  private static Status.Code send(int traces) {
    return send(traces(traces, false));
  }

  /** Sends over gRPC; notes what was acknowledged. */
  private static Status.Code send(List<Span> spans) {
    Status.Code code = sender.grpc(Otlp.TRACES, RandomTraces.request(spans).toByteArray());
    if (code == Status.Code.OK) {
      spans.forEach(span -> sent.add(span.getSpanId()));
    }
    return code;
  }

  private static int count(String text, String words) {
    return text.split(Pattern.quote(words), -1).length - 1;
  }

  private static Set<ByteString> arrived() {
    return backend.spans().stream().map(Span::getSpanId).collect(Collectors.toSet());
  }

  @Test
  @Order(1)
  void c11_aDestinationThatHangsHoldsUpNobodyElse() {
    for (int i = 0; i < 50; i++) {
      assertEquals(Status.Code.OK, send(20));
    }
    Await.until("all arrives at the other", () -> arrived().equals(sent));
    Await.until("one hangs", () -> hanging.turnedAway() > 0);
  }

  @Test
  @Order(2)
  void s4_s5_bombsCostNoHeap() {
    byte[] bomb = Sender.gzip(new byte[BOMB]);
    assertTrue(bomb.length < 1 << 17, "a small request: " + bomb.length);
    for (int i = 0; i < 4; i++) {
      HttpResponse<byte[]> answer = sender.http(Otlp.TRACES, Sender.PROTOBUF, "gzip", bomb);
      assertEquals(413, answer.statusCode());
      // Over gRPC the stock client compresses the zeros once more.
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, sender.grpcGzip(Otlp.TRACES, new byte[BOMB]));
    }
    assertTrue(program.isAlive(), program::err);
    assertEquals(Status.Code.OK, send(1));
  }

  @Test
  @Order(3)
  void s14_overloadIsAnsweredAndWhatWasAcknowledgedIsNotLostSilently() {
    backend.mood(OtlpBackend.Mood.UNAVAILABLE);
    for (int i = 0; i < 500; i++) {
      assertEquals(Status.Code.OK, send(20), "ordinary traces leave before anybody has to wait");
    }
    Status.Code code = Status.Code.OK;
    for (int i = 0; i < 5_000 && code == Status.Code.OK; i++) {
      code = send(traces(20, true));
    }
    assertEquals(Status.Code.UNAVAILABLE, code);
    HttpResponse<byte[]> answer =
        sender.http(Otlp.TRACES, RandomTraces.request(traces(1, false)).toByteArray());
    assertEquals(503, answer.statusCode());
    assertEquals("1", answer.headers().firstValue("Retry-After").orElseThrow());
    Await.until("it is said", () -> program.err().contains("destination main is away"));
    backend.mood(OtlpBackend.Mood.TAKE);
    Await.until("it takes spans again", () -> send(1) == Status.Code.OK);
    Await.until("the end is said", () -> program.err().contains("destination main is back after"));
    String said = program.err();
    assertEquals(1, count(said, "destination main is away"), said);
    assertEquals(1, count(said, "refusing traces: the queue is full"), said);
    assertEquals(1, count(said, "destination main is back after"), said);
    JsonNode status = program.awaitSettled(sent.size());
    JsonNode spans = status.path("spans");
    assertTrue(sent.containsAll(arrived()), "only what was acknowledged");
    assertEquals(arrived().size(), spans.path("shipped").asLong(), status::toString);
    long failed = 0;
    for (JsonNode count : spans.path("failedByReason")) {
      failed += count.asLong();
    }
    assertEquals(sent.size(), arrived().size() + failed, spans::toString);
    for (JsonNode law : status.path("identities")) {
      assertTrue(law.path("holds").asBoolean(), law::toString);
    }
    long overloaded =
        status.path("signals").path("traces").path("refused").path("overloaded").asLong();
    assertTrue(overloaded >= 2, status::toString);
  }

  /** With all bounds as they are by default, which is more than the heap. */
  @Test
  @Order(4)
  void aBackendThatIsAwayNeverFillsTheHeap() {
    Launch launch =
        new Launch(temp.resolve("away"))
            .env("SPANTHRIFT_JAVA_OPTS", "-Xmx64m")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
            .env("SPANTHRIFT_HOLD_PAUSE", "20ms")
            .env("SPANTHRIFT_SHUTDOWN_DEADLINE", "0s");
    try (Program alone = launch.run();
        Sender toIt = new Sender(alone.ports())) {
      KeyValue large = RandomTraces.attribute("large", "x".repeat(100_000));
      for (int i = 0; i < 150; i++) { // 150 MB
        List<Span> spans =
            traces(10, false).stream()
                .limit(10)
                .map(span -> span.toBuilder().addAttributes(large).build())
                .toList();
        Status.Code code = toIt.grpc(Otlp.TRACES, RandomTraces.request(spans).toByteArray());
        assertTrue(code == Status.Code.OK || code == Status.Code.UNAVAILABLE, code + alone.err());
      }
      Await.until( // what was sent last is decided within a second
          () -> "the queue has a bound: " + alone.status().path("spans"),
          () -> alone.status().at("/spans/failedByReason/queue_full_ordinary").asLong() > 0);
      assertTrue(alone.isAlive(), alone::err);
      assertTrue(alone.err().contains("made to fit the heap"), alone.err());
    }
  }

  @Test
  @Order(5)
  void ownMetricsGoToADestinationOfTheirOwn() {
    Await.until("own metrics", () -> metricNames().contains("spanthrift.spans.shipped"));
    assertTrue(metricNames().contains("spanthrift.identity.gap"), metricNames()::toString);
    assertEquals(0, backend.received(Otlp.METRICS).size());
  }

  private static List<String> metricNames() {
    List<String> names = new ArrayList<>();
    for (OtlpBackend.Received received : telemetry.received(Otlp.METRICS)) {
      ((ExportMetricsServiceRequest) received.message())
          .getResourceMetricsList().stream()
              .flatMap(resource -> resource.getScopeMetricsList().stream())
              .flatMap(scope -> scope.getMetricsList().stream())
              .map(Metric::getName)
              .forEach(names::add);
    }
    return names;
  }
}
