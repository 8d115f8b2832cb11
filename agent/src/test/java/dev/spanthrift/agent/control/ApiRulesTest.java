package dev.spanthrift.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.MadeTraffic;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rules that every route keeps, asked of every route that openapi.json has. */
class ApiRulesTest {
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  /** What is right for each route that reads a body; one that is not here fails. */
  private static final Map<String, String> BODIES =
      Map.of(
          "PUT /api/v1/policy", "{\"policies\": [], \"default\": {\"probability\": 0.5}}",
          "POST /api/v1/policy:validate", "{\"default\": {\"keep\": true}}",
          "POST /api/v1/policy:simulate", "{\"default\": {\"keep\": true}}",
          "POST /api/v1/policy:rollback", "{\"version\": 1, \"reason\": \"test\"}",
          "POST /api/v1/budget:simulate", "{\"budget\": \"10%\"}",
          "PUT /api/v1/kill-switch", "{\"mode\": \"keep-all\", \"reason\": \"test\"}",
          "POST /api/v1/boosts",
              "{\"match\":{\"service\":\"cart\"},\"ttl\":\"30m\",\"cap\":0.5,\"reason\":\"test\"}",
          "POST /api/v1/boosts:preview",
              "{\"match\":{\"service\":\"cart\"},\"ttl\":\"30m\",\"cap\":0.5}",
          "POST /api/v1/alerts:silence",
              "{\"rule\": \"latency\", \"ttl\": \"1h\", \"reason\": \"test\"}");

  @TempDir static Path directory;
  private static AdminPort port;
  private static HttpClient client;

  @BeforeAll
  static void start() throws Exception {
    port = AdminPort.startWithRealPolicies(directory);
    port.pipeline.decisions = new DecisionLog(1 << 20, System::currentTimeMillis);
    client = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    client.shutdownNow(); // close() would wait for the streams
    port.close();
  }

  private record Operation(String method, String path, JsonNode about) {
    boolean has(String parameter) {
      for (JsonNode p : about.path("parameters")) {
        if (p.path("name").asString().equals(parameter)) {
          return true;
        }
      }
      return false;
    }

    /** Whether it changes something: what only asks is for viewers. */
    boolean changes() {
      return !SAFE.contains(method) && !about.path("x-role").asString("").equals("viewer");
    }

    /** With something in place of each name. */
    String somePath() {
      return path.replace("{topic}", "overview")
          .replace("{name}", "stale")
          .replaceAll("\\{[^}]+}", "1");
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private static List<Operation> operations() {
    List<Operation> all = new ArrayList<>();
    for (var path : OpenApi.get().root().path("paths").properties()) {
      for (var method : path.getValue().properties()) {
        all.add(
            new Operation(
                method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()));
      }
    }
    return all;
  }

  private static HttpResponse<String> send(
      String method, String path, @Nullable String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(port.url() + path))
            .timeout(Duration.ofSeconds(60))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .header("Authorization", "Bearer " + AdminPort.TOKEN);
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client
        .sendAsync(request.build(), OpenApi.unlessEndless())
        .get(60, java.util.concurrent.TimeUnit.SECONDS);
  }

  private static @Nullable String body(Operation operation) {
    return operation.about().has("requestBody") ? BODIES.get(operation.toString()) : null;
  }

  private static JsonNode problem(HttpResponse<String> answer, String what) {
    assertEquals(
        "application/problem+json", answer.headers().firstValue("Content-Type").orElse(""), what);
    JsonNode problem = JsonMapper.shared().readTree(answer.body());
    assertEquals(List.of(), OpenApi.get().mismatches("Problem", problem), what);
    assertEquals(answer.statusCode(), problem.path("status").asInt(), what);
    for (JsonNode error : problem.path("errors")) {
      assertTrue(error.path("pointer").isString(), what);
      assertFalse(error.path("detail").asString("").isBlank(), what);
      assertFalse(error.path("suggestion").asString("").isBlank(), what);
    }
    return problem;
  }

  private static long changes() throws Exception {
    return JsonMapper.shared()
        .readTree(send("GET", "/api/v1/audit", null).body())
        .path("total")
        .asLong();
  }

  @Test
  void everyBodyHasASample() {
    Set<String> read = new TreeSet<>();
    operations().stream()
        .filter(operation -> operation.about().has("requestBody"))
        .forEach(operation -> read.add(operation.toString()));
    assertEquals(read, new TreeSet<>(BODIES.keySet()));
  }

  @Test
  void readingChangesNothingAndHeadIsGetWithoutItsBody() throws Exception {
    long before = changes();
    for (Operation operation : operations()) {
      if (operation.method().equals("GET")) {
        HttpResponse<String> get = send("GET", operation.somePath(), null);
        HttpResponse<String> head = send("HEAD", operation.somePath(), null);
        assertEquals(get.statusCode(), head.statusCode(), operation.toString());
        assertEquals("", head.body(), operation.toString());
        assertEquals(
            get.headers().firstValue("Content-Type"),
            head.headers().firstValue("Content-Type"),
            operation.toString());
        if (get.statusCode() >= 400) {
          problem(get, operation.toString());
        }
      }
    }
    assertEquals(before, changes());
  }

  @Test
  void otherMethodsAreRefusedWithThoseThatThereAre() throws Exception {
    for (var path : OpenApi.get().root().path("paths").properties()) {
      Set<String> methods = new TreeSet<>(Set.of("OPTIONS"));
      path.getValue().propertyNames().forEach(m -> methods.add(m.toUpperCase(Locale.ROOT)));
      if (methods.contains("GET")) {
        methods.add("HEAD");
      }
      String some = new Operation("", path.getKey(), path.getValue()).somePath();
      HttpResponse<String> options = send("OPTIONS", some, null);
      assertEquals(204, options.statusCode(), some);
      assertEquals(methods, allowed(options), some);
      for (String method : List.of("GET", "PUT", "POST", "DELETE", "PATCH", "BREW")) {
        if (!methods.contains(method)) {
          HttpResponse<String> refused = send(method, some, null);
          assertEquals(405, refused.statusCode(), method + " " + some);
          assertEquals(methods, allowed(refused), some);
          problem(refused, method + " " + some);
        }
      }
    }
  }

  private static Set<String> allowed(HttpResponse<String> answer) {
    String allow = answer.headers().firstValue("Allow").orElse("");
    return new TreeSet<>(List.of(allow.split("\\s*,\\s*")));
  }

  @Test
  void whatReplacesOrEndsWantsIfMatch() throws Exception {
    long before = changes();
    for (Operation operation : operations()) {
      if (!SAFE.contains(operation.method()) && !operation.method().equals("POST")) {
        assertTrue(operation.has("If-Match"), operation.toString());
        HttpResponse<String> without =
            send(operation.method(), operation.somePath(), body(operation));
        assertEquals(428, without.statusCode(), operation.toString());
        problem(without, operation.toString());
      }
    }
    assertEquals(before, changes());
  }

  private static String anId(String list) throws Exception {
    if (list.equals("/api/v1/boosts")) {
      HttpResponse<String> made = send("POST", list, BODIES.get("POST " + list));
      assertEquals(201, made.statusCode(), made.body());
      return JsonMapper.shared().readTree(made.body()).path("id").asString();
    }
    return "";
  }

  @Test
  void aStaleTagIsRefusedWithTheCurrentOneAndAKnownOneNeedNoBody() throws Exception {
    String boost = "/api/v1/boosts/" + anId("/api/v1/boosts");
    Map<String, String> replaced =
        Map.of("/api/v1/policy", "PUT", "/api/v1/kill-switch", "PUT", boost, "DELETE");
    long before = changes();
    for (var resource : replaced.entrySet()) {
      String path = resource.getKey();
      String tag = send("GET", path, null).headers().firstValue("ETag").orElse("");
      assertTrue(tag.startsWith("\"") && tag.length() > 2, path + " " + tag);
      assertEquals(304, send("GET", path, null, "If-None-Match", tag).statusCode(), path);
      HttpResponse<String> stale =
          send(
              resource.getValue(),
              path,
              BODIES.get(resource.getValue() + " " + path),
              "If-Match",
              "\"stale\"");
      assertEquals(412, stale.statusCode(), path);
      assertEquals(tag, stale.headers().firstValue("ETag").orElse(""), path);
      assertEquals(tag, problem(stale, path).path("etag").asString(""), path);
    }
    assertEquals(before, changes());
    assertEquals(200, send("DELETE", boost, null, "If-Match", "*").statusCode());
  }

  /** One of each resource that a GET answers, by its route. */
  private static Map<String, String> resources() throws Exception {
    SpanRing ring = new SpanRing(1 << 20, Duration.ofHours(1));
    Scanner scanner = new Scanner(10_000);
    long at = System.currentTimeMillis() - 60_000;
    for (ExportTraceServiceRequest made : new MadeTraffic(831, 400).recorded()) {
      byte[] request = made.toByteArray();
      ring.record(scanner.scan(request, 0, request.length), at += 900);
    }
    port.pipeline.recorded = ring;
    String ruled =
        "{\"policies\": [{\"name\": \"errors\", \"match\": {\"status\": \"ERROR\"}, \"keep\":"
            + " true}], \"default\": {\"probability\": 0.5}}";
    HttpResponse<String> put = send("PUT", "/api/v1/policy", ruled, "If-Match", "*");
    assertEquals(200, put.statusCode(), put.body());
    String recommended =
        JsonMapper.shared()
            .readTree(send("GET", "/api/v1/recommendations", null).body())
            .at("/recommendations/0/id")
            .asString();
    // After the recommendations: one question at a time is asked of the recording.
    HttpResponse<String> job =
        send(
            "POST",
            "/api/v1/budget:simulate",
            BODIES.get("POST /api/v1/budget:simulate"),
            "Prefer",
            "respond-async");
    assertEquals(202, job.statusCode(), job.body());
    return Map.of(
        "/api/v1/policy",
        "/api/v1/policy",
        "/api/v1/policy/versions/{version}",
        "/api/v1/policy/versions/1",
        "/api/v1/kill-switch",
        "/api/v1/kill-switch",
        "/api/v1/boosts/{id}",
        "/api/v1/boosts/" + anId("/api/v1/boosts"),
        "/api/v1/jobs/{id}",
        job.headers().firstValue("Location").orElse(""),
        "/api/v1/recommendations/{id}",
        "/api/v1/recommendations/" + recommended);
  }

  @Test
  void everyResourceHasAStrongTagThatStandsForWhatIsAnswered() throws Exception {
    Set<String> described = new TreeSet<>();
    for (Operation operation : operations()) {
      boolean tagged = operation.about().at("/responses/200/headers").has("ETag");
      if (operation.method().equals("GET") && operation.path().startsWith("/api/") && tagged) {
        assertTrue(operation.has("If-None-Match"), operation.toString());
        assertTrue(operation.about().path("responses").has("304"), operation.toString());
        described.add(operation.path());
      }
    }
    Map<String, String> resources = resources();
    assertEquals(described, new TreeSet<>(resources.keySet()));
    for (String path : resources.values()) {
      HttpResponse<String> got = settled(path);
      String tag = got.headers().firstValue("ETag").orElse("");
      assertTrue(tag.matches("\"[!#-~]+\""), path + " " + tag);
      for (String known : List.of(tag, "\"other\", W/" + tag, "*")) {
        HttpResponse<String> again = send("GET", path, null, "If-None-Match", known);
        assertEquals(304, again.statusCode(), path + " " + known);
        assertEquals("", again.body(), path);
        assertEquals(tag, again.headers().firstValue("ETag").orElse(""), path);
      }
      assertEquals(200, send("GET", path, null, "If-None-Match", "\"other\"").statusCode(), path);
    }
    send("DELETE", resources.get("/api/v1/boosts/{id}"), null, "If-Match", "*");
  }

  /** A job moves until it is done. */
  private static HttpResponse<String> settled(String path) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    HttpResponse<String> got = send("GET", path, null);
    while (got.body().matches("(?s).*\"state\":\"(waiting|running)\".*")) {
      assertTrue(System.nanoTime() < deadline, got.body());
      got = send("GET", path, null);
    }
    assertEquals(200, got.statusCode(), got.body());
    return got;
  }

  @Test
  void aNumberThatIsNamedAndEmptyIsRefused() throws Exception {
    long before = changes();
    int asked = 0;
    for (Operation operation : operations()) {
      for (JsonNode parameter : operation.about().path("parameters")) {
        String type = parameter.at("/schema/type").asString("");
        if (parameter.path("in").asString().equals("query")
            && (type.equals("integer") || type.equals("boolean"))) {
          String path = operation.somePath() + "?" + parameter.path("name").asString() + "=";
          HttpResponse<String> answer =
              send(operation.method(), path, body(operation), "If-Match", "*");
          assertEquals(400, answer.statusCode(), operation.method() + " " + path);
          problem(answer, path);
          asked++;
        }
      }
    }
    assertTrue(asked > 10, "asked " + asked);
    assertEquals(before, changes());
  }

  @Test
  void everyChangeCanBeTriedFirst() throws Exception {
    String boost = anId("/api/v1/boosts");
    long before = changes();
    String policy = send("GET", "/api/v1/policy", null).body();
    String killSwitch = send("GET", "/api/v1/kill-switch", null).body();
    int tried = 0;
    for (Operation operation : operations()) {
      if (operation.changes()) {
        assertTrue(operation.has("dryRun"), operation + " has no dryRun");
        String path =
            operation.path().contains("boosts/{id}")
                ? "/api/v1/boosts/" + boost
                : operation.somePath();
        HttpResponse<String> answer =
            send(operation.method(), path + "?dryRun=true", body(operation), "If-Match", "*");
        tried += answer.statusCode() == 200 ? 1 : 0;
        assertTrue(answer.statusCode() < 500, operation + " " + answer.body());
      }
    }
    assertTrue(tried >= 5, "tried " + tried);
    assertEquals(before, changes());
    assertEquals(policy, send("GET", "/api/v1/policy", null).body());
    assertEquals(killSwitch, send("GET", "/api/v1/kill-switch", null).body());
    assertEquals(200, send("GET", "/api/v1/boosts/" + boost, null).statusCode());
    assertEquals(
        200, send("DELETE", "/api/v1/boosts/" + boost, null, "If-Match", "*").statusCode());
  }

  /** A draft changes nothing; the others have nothing to change here, and tests of their own. */
  private static final Set<String> NOT_NOTED_HERE =
      Set.of(
          "POST /api/v1/recommendations/{id}:apply",
          "POST /api/v1/recommendations/{id}:dismiss",
          "POST /api/v1/alerts:test",
          "DELETE /api/v1/jobs/{id}");

  @Test
  void everyChangeIsNotedWithWhoAndWhy() throws Exception {
    int changed = 0;
    for (Operation operation : operations()) {
      if (!operation.changes() || NOT_NOTED_HERE.contains(operation.toString())) {
        continue;
      }
      String path =
          operation.path().contains("boosts/{id}")
              ? "/api/v1/boosts/" + anId("/api/v1/boosts")
              : operation.somePath();
      String body = body(operation);
      if (operation.toString().equals("PUT /api/v1/policy")) {
        body =
            Objects.requireNonNull(body)
                .replace("0.5", "0.4321"); // the same policy again is no change
      }
      long before = changes();
      HttpResponse<String> answer =
          send(operation.method(), path, body, "If-Match", "*", "X-Reason", "test");
      assertTrue(answer.statusCode() < 300, operation + " " + answer.body());
      JsonNode audit =
          JsonMapper.shared().readTree(send("GET", "/api/v1/audit?limit=1", null).body());
      assertEquals(before + 1, audit.path("total").asLong(), operation.toString());
      JsonNode entry = audit.path("entries").get(0);
      assertEquals("token:admin", entry.path("who").asString(), operation.toString());
      assertEquals("test", entry.path("reason").asString(), operation.toString());
      assertFalse(entry.path("action").asString("").isBlank(), operation.toString());
      changed++;
    }
    assertTrue(changed >= 5, "changed " + changed);
    for (JsonNode boost :
        JsonMapper.shared().readTree(send("GET", "/api/v1/boosts", null).body()).path("boosts")) {
      String path = "/api/v1/boosts/" + boost.path("id").asString();
      assertEquals(200, send("DELETE", path, null, "If-Match", "*").statusCode());
    }
  }

  @Test
  void aPostThatIsSentAgainIsDoneOnce() throws Exception {
    for (Operation operation : operations()) {
      if (operation.method().equals("POST")) {
        assertTrue(operation.has("Idempotency-Key"), operation.toString());
      }
    }
    String path = "/api/v1/boosts";
    String body = BODIES.get("POST " + path);
    HttpResponse<String> first = send("POST", path, body, "Idempotency-Key", "k-1");
    assertEquals(201, first.statusCode(), first.body());
    HttpResponse<String> again = send("POST", path, body, "Idempotency-Key", "k-1");
    assertEquals(201, again.statusCode());
    assertEquals(first.body(), again.body());
    assertEquals("true", again.headers().firstValue("Idempotency-Replayed").orElse(""));
    assertEquals(first.headers().firstValue("Location"), again.headers().firstValue("Location"));
    HttpResponse<String> other =
        send("POST", path, body.replace("30m", "31m"), "Idempotency-Key", "k-1");
    assertEquals(422, other.statusCode());
    problem(other, "other");
    assertEquals(422, send("POST", path, body, "Idempotency-Key", "x".repeat(129)).statusCode());
    String boost = first.headers().firstValue("Location").orElse("");
    assertEquals(200, send("DELETE", boost, null, "If-Match", "*").statusCode());
  }

  @Test
  void ofTwoWritersExactlyOneIsTold() throws Exception {
    for (int round = 0; round < 10; round++) {
      String tag = send("GET", "/api/v1/policy", null).headers().firstValue("ETag").orElse("");
      List<CompletableFuture<Integer>> writers = new ArrayList<>();
      for (int writer = 0; writer < 2; writer++) {
        String probability = "0." + (10 + 2 * round + writer) + "7";
        writers.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return send(
                            "PUT",
                            "/api/v1/policy",
                            "{\"default\": {\"probability\": " + probability + "}}",
                            "If-Match",
                            tag)
                        .statusCode();
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                }));
      }
      Set<Integer> answers = new TreeSet<>();
      for (CompletableFuture<Integer> writer : writers) {
        answers.add(writer.get());
      }
      assertEquals(Set.of(200, 412), answers);
    }
  }

  @Test
  void listsHaveALimitAndACursor() throws Exception {
    for (Operation operation : operations()) {
      if (operation.has("limit")) {
        assertTrue(operation.has("cursor"), operation.toString());
        problem(send("GET", operation.somePath() + "?limit=0", null), operation.toString());
        for (String wrong : List.of("!", "C", "-1", "1y2p0ij32e8e7", "")) {
          problem(
              send("GET", operation.somePath() + "?cursor=" + wrong, null),
              operation + ", cursor " + wrong);
        }
        assertEquals(200, send("GET", operation.somePath() + "?limit=1", null).statusCode());
      }
    }
  }

  @Test
  void everyAnswerHasItsHeadersAndNoCookie() throws Exception {
    for (Operation operation : operations()) {
      HttpResponse<String> answer =
          send(operation.method(), operation.somePath(), null, "X-Request-Id", "mine-1");
      String what = operation.toString();
      assertEquals("mine-1", answer.headers().firstValue("X-Request-Id").orElse(""), what);
      assertTrue(
          answer.headers().firstValue("Content-Security-Policy").orElse("").contains("'self'"),
          what);
      assertEquals(
          "nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""), what);
      assertTrue(answer.headers().firstValue("Set-Cookie").isEmpty(), what);
    }
  }
}
