package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The laws L1 to L3 (docs/specs.md) while everything goes on at once: good and bad requests, late
 * spans, other policies, the kill switch, a backend that is away. What the program counts is held
 * against what sender and backend count.
 */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IdentitiesIT {
  private static final long SEED = Long.getLong("seed", 1);
  private static final int THREADS = 4;
  private static final int STEPS_BETWEEN_TROUBLES = 60;

  @TempDir static Path temp;
  private static OtlpBackend backend;
  private static Program program;
  private static Sender sender;
  private static Load load;
  private static JsonNode status;

  @BeforeAll
  static void carryTheLoad() throws Exception {
    System.out.println("seed " + SEED);
    backend = new GrpcBackend();
    program =
        new Launch(temp)
            .to(backend)
            .env("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd")
            .env("SPANTHRIFT_LISTEN_REQUEST_BYTES_MAX", "1MiB")
            .env("SPANTHRIFT_DEFAULT_PROBABILITY", "0.5")
            .yaml(
                """
                policies: [{name: errors, match: {hasError: true}, keep: true}]
                hold: {pause: 50ms, deadline: 200ms, tracesMax: 200}
                export: {delay: 20ms, batchBytes: 64KiB}
                """)
            .run();
    sender = new Sender(program.ports());
    load = new Load(sender, SEED);
    AtomicInteger steps = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    List<Load> parts = new ArrayList<>();
    List<Future<?>> ends = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 1; i <= THREADS; i++) {
        Load part = new Load(sender, SEED + i);
        parts.add(part);
        ends.add(threads.submit(() -> stepUntil(over, part, steps)));
      }
      try {
        disturb(steps, ends);
      } finally {
        over.set(true);
      }
    }
    for (Future<?> end : ends) {
      end.get(1, TimeUnit.SECONDS);
    }
    parts.forEach(load::add);
    status = program.awaitSettled(load.spans.size());
  }

  private static void stepUntil(AtomicBoolean over, Load part, AtomicInteger steps) {
    while (!over.get()) {
      part.step();
      steps.incrementAndGet();
    }
  }

  /** Troubles, with load between them; each must leave the laws in force. */
  private static void disturb(AtomicInteger steps, List<Future<?>> ends) {
    List<Runnable> troubles =
        List.of(
            () -> put("/api/v1/policy", policy("{\"probability\": 0.1}")),
            () -> backend.mood(OtlpBackend.Mood.UNAVAILABLE),
            () -> put("/api/v1/policy", policy("{\"rate\": {\"tracesPerSecond\": 20}}")),
            IdentitiesIT::recover,
            () -> put("/api/v1/kill-switch", "{\"mode\": \"keep-all\", \"ttl\": \"1m\"}"),
            () -> put("/api/v1/kill-switch", "{\"mode\": \"bypass\", \"ttl\": \"1m\"}"),
            () -> put("/api/v1/kill-switch", "{\"mode\": \"off\"}"),
            () -> backend.down(),
            () -> put("/api/v1/policy", policy("{\"drop\": true}")),
            () -> backend.up());
    for (Runnable trouble : troubles) {
      trouble.run();
      assertLawsHold(program.status());
      int enough = steps.get() + STEPS_BETWEEN_TROUBLES;
      Await.until(
          "step " + enough, () -> steps.get() >= enough || ends.stream().anyMatch(Future::isDone));
    }
  }

  /** The backend comes back after some attempts, before the backoff grows long. */
  private static void recover() {
    Await.until("attempts", () -> backend.turnedAway() >= 2);
    backend.mood(OtlpBackend.Mood.TAKE);
  }

  private static String policy(String fallback) {
    return "{\"policies\": [{\"name\": \"errors\", \"match\": {\"hasError\": true}, \"keep\":"
        + " true}], \"default\": "
        + fallback
        + "}";
  }

  private static void put(String path, String json) {
    String etag = program.get(path).headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> answer = program.put(path, json, "If-Match", etag);
    assertEquals(200, answer.statusCode(), answer::body);
  }

  private static void assertLawsHold(JsonNode status) {
    JsonNode laws = status.path("identities");
    assertTrue(laws.size() >= 8, laws::toString);
    for (JsonNode law : laws) {
      assertTrue(law.path("holds").asBoolean(), () -> law + ", seed " + SEED);
    }
  }

  @AfterAll
  static void end() {
    sender.close();
    program.close();
    backend.close();
  }

  @Test
  @Order(1)
  void theLawsHold() {
    assertLawsHold(status);
    JsonNode spans = status.path("spans");
    assertTrue(spans.path("late").asLong() > 0, spans::toString);
    assertTrue(spans.path("dropped").asLong() > 0, spans::toString);
    assertTrue(spans.path("keptByReason").path("kill_switch").asLong() > 0, spans::toString);
    assertTrue(spans.path("keptByReason").path("errors").asLong() > 0, spans::toString);
    assertTrue(status.path("destinations").path(0).path("retries").asLong() > 0, "no retries");
  }

  @Test
  @Order(1)
  void theDoorCountsWhatTheSenderCounts() {
    JsonNode traces = status.path("signals").path("traces");
    assertEquals(
        load.acknowledged.get(Otlp.TRACES), traces.path("received").asLong(), traces::toString);
    Map<String, Long> refused = new HashMap<>();
    traces
        .path("refused")
        .properties()
        .forEach(e -> refused.put(e.getKey(), e.getValue().asLong()));
    assertEquals(load.refused, refused, "seed " + SEED);
    assertEquals(load.spans.size(), status.path("spans").path("received").asLong());
    assertEquals(
        load.acknowledged.get(Otlp.LOGS),
        status.path("signals").path("logs").path("received").asLong());
  }

  @Test
  @Order(1)
  void theBackendHasWhatIsCountedAsShipped() {
    Set<ByteString> arrived = ids(backend.spans());
    assertEquals(
        status.path("spans").path("shipped").asLong(), arrived.size(), () -> status.toString());
    assertEquals("{}", status.path("spans").path("failedByReason").toString());
    assertTrue(load.spans.containsAll(arrived), "only what was sent");
    assertTrue(arrived.containsAll(load.errors), () -> "every error, seed " + SEED);
  }

  @Test
  @Order(1)
  void everyLogRecordAndMetricArrives() {
    Await.until("the logs arrive", () -> lines().equals(load.lines));
    Await.until("the metrics arrive", () -> metrics().equals(load.metrics));
  }

  @Test
  @Order(1)
  void prometheusSaysTheSame() {
    Map<String, Double> samples = program.metrics();
    JsonNode spans = status.path("spans");
    for (String count : List.of("received", "shipped", "late")) {
      assertEquals(
          spans.path(count).asDouble(), samples.get("spanthrift_spans_" + count + "_total"), count);
    }
    assertEquals(spans.path("kept").asDouble(), sum(samples, "spanthrift_spans_total", "keep"));
    assertEquals(spans.path("dropped").asDouble(), sum(samples, "spanthrift_spans_total", "drop"));
    assertEquals(0, sum(samples, "spanthrift_identity_gap", ""));
    long refused = load.refused.values().stream().mapToLong(Long::longValue).sum();
    assertEquals(refused, sum(samples, "spanthrift_requests_total", "refused_"));
  }

  private static double sum(Map<String, Double> samples, String name, String label) {
    List<Double> values =
        samples.entrySet().stream()
            .filter(e -> e.getKey().startsWith(name + "{") && e.getKey().contains(label))
            .map(Map.Entry::getValue)
            .toList();
    assertFalse(values.isEmpty(), name + " with " + label);
    return values.stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Last, because then not everything arrives any more. */
  @Test
  @Order(2)
  void c5_whatABackendRefusesForGoodIsCountedAsFailed() {
    backend.mood(OtlpBackend.Mood.REFUSE);
    put("/api/v1/policy", policy("{\"probability\": 1}"));
    Load more = new Load(sender, SEED - 1);
    while (more.spans.size() < 500) {
      more.step();
    }
    JsonNode after = program.awaitSettled(load.spans.size() + more.spans.size());
    assertLawsHold(after);
    JsonNode failed = after.path("spans").path("failedByReason");
    assertEquals(1, failed.size(), failed::toString);
    long kept = after.path("spans").path("kept").asLong();
    assertEquals(kept - ids(backend.spans()).size(), failed.iterator().next().asLong());
    assertTrue(failed.iterator().next().asLong() >= 400, failed::toString);
  }

  private static Set<ByteString> ids(List<Span> spans) {
    return spans.stream().map(Span::getSpanId).collect(Collectors.toSet());
  }

  private static Set<String> lines() {
    Set<String> lines = new HashSet<>();
    for (OtlpBackend.Received received : backend.received(Otlp.LOGS)) {
      ((ExportLogsServiceRequest) received.message())
          .getResourceLogsList().stream()
              .flatMap(resource -> resource.getScopeLogsList().stream())
              .flatMap(scope -> scope.getLogRecordsList().stream())
              .forEach(log -> lines.add(log.getBody().getStringValue()));
    }
    return lines;
  }

  private static Set<String> metrics() {
    Set<String> metrics = new HashSet<>();
    for (OtlpBackend.Received received : backend.received(Otlp.METRICS)) {
      ((ExportMetricsServiceRequest) received.message())
          .getResourceMetricsList().stream()
              .flatMap(resource -> resource.getScopeMetricsList().stream())
              .flatMap(scope -> scope.getMetricsList().stream())
              .forEach(metric -> metrics.add(metric.getName()));
    }
    return metrics;
  }
}
