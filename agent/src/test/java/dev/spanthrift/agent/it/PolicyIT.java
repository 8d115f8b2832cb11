package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Changing the policy while the program runs, and over its restarts. In order: one history. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PolicyIT {
  private static final String POLICY = "/api/v1/policy";
  private static final String KILL_SWITCH = "/api/v1/kill-switch";
  private static final String KEEP = "{\"policies\": [], \"default\": {\"probability\": 1}}";
  private static final String DROP = "{\"policies\": [], \"default\": {\"drop\": true}}";
  private static final long SEED = Long.getLong("seed", 1);
  private static final Random RANDOM = new Random(SEED);

  @TempDir static Path temp;
  private static OtlpBackend backend;
  private static Launch launch;
  private static Program program;
  private static Sender sender;
  private static long sent;

  @BeforeAll
  static void start() {
    System.out.println("seed " + SEED);
    backend = new GrpcBackend();
    launch =
        new Launch(temp)
            .to(backend)
            .env("SPANTHRIFT_HOLD_PAUSE", "500ms")
            .env("SPANTHRIFT_EXPORT_DELAY", "20ms");
    run();
  }

  private static void run() {
    program = launch.run();
    sender = new Sender(program.ports());
    sent = 0;
  }

  private static void stop() {
    sender.close();
    program.terminate();
    program.exit();
    program.close();
  }

  @AfterAll
  static void end() {
    sender.close();
    program.close();
    backend.close();
  }

  @BeforeEach
  void forget() {
    backend.forget();
  }

  /** Sends so many traces, one a request; returns their spans. */
  private static List<Span> send(int traces) {
    List<Span> all = new ArrayList<>();
    for (int i = 0; i < traces; i++) {
      List<Span> trace = RandomTraces.trace(RANDOM, "", false);
      byte[] request = RandomTraces.request(trace).toByteArray();
      assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, request));
      all.addAll(trace);
      sent += trace.size();
    }
    return all;
  }

  private static Set<ByteString> ids(List<Span> spans) {
    return spans.stream().map(Span::getSpanId).collect(Collectors.toSet());
  }

  private static String etag(String path) {
    return program.get(path).headers().firstValue("ETag").orElseThrow();
  }

  private static void put(String path, String json) {
    HttpResponse<String> answer = program.put(path, json, "If-Match", etag(path));
    assertEquals(200, answer.statusCode(), answer::body);
  }

  private static long dropped(JsonNode status) {
    return status.path("spans").path("dropped").asLong();
  }

  @Test
  @Order(1)
  void aChangeActsFromTheNextTraceOnAndLosesNoSpan() {
    List<Span> before = send(40); // still waiting when the policy changes
    put(POLICY, DROP);
    List<Span> after = send(40);
    JsonNode status = program.awaitSettled(sent);
    assertEquals(ids(before), ids(backend.spans()), () -> "seed " + SEED);
    assertEquals(after.size(), dropped(status));
  }

  @Test
  @Order(2)
  void onlyWhoHasTheTokenAndKnowsThePolicyMayChangeIt() {
    String etag = etag(POLICY);
    assertEquals(428, program.put(POLICY, KEEP).statusCode());
    assertEquals(412, program.put(POLICY, KEEP, "If-Match", "\"other\"").statusCode());
    assertEquals(
        401,
        program
            .rest("PUT", POLICY, KEEP, "If-Match", etag, "Content-Type", "application/json")
            .statusCode());
    HttpResponse<String> wrong =
        program.put(POLICY, "{\"default\": {\"probability\": 7}}", "If-Match", etag);
    assertEquals(422, wrong.statusCode());
    assertTrue(wrong.body().contains("/default/probability"), wrong.body());
    assertEquals(
        "application/problem+json", wrong.headers().firstValue("Content-Type").orElseThrow());
    assertEquals(etag, etag(POLICY));
    assertEquals(dropped(program.status()) + send(3).size(), dropped(program.awaitSettled(sent)));
  }

  @Test
  @Order(3)
  void aConnectionServesManyChanges() {
    String etag = etag(POLICY);
    for (int i = 0; i < 100; i++) {
      HttpResponse<String> answer = program.put(POLICY + "?dryRun=true", KEEP, "If-Match", etag);
      assertEquals(200, answer.statusCode(), answer::body);
      assertEquals(200, program.get("/healthz").statusCode());
    }
  }

  @Test
  @Order(3)
  void unknownKeysAreRefusedAtEveryDepthWithWhatWasMeant() {
    Map.of(
            "{'polices': []}", "/polices",
            "{'policies': [{'name': 'a', 'mach': {'status': 'ERROR'}, 'keep': true}]}",
                "/policies/0/mach",
            "{'policies': [{'name': 'a', 'match': {'atribute': {'key': 'k'}}, 'keep': true}]}",
                "/policies/0/match/atribute",
            "{'policies': [], 'default': {'probabilty': 0.1}}", "/default/probabilty")
        .forEach(
            (body, pointer) -> {
              HttpResponse<String> answer =
                  program.put(POLICY, body.replace('\'', '"'), "If-Match", etag(POLICY));
              assertEquals(422, answer.statusCode(), answer::body);
              assertTrue(answer.body().contains("\"" + pointer + "\""), answer::body);
              assertTrue(answer.body().contains("did you mean"), answer::body);
            });
  }

  @Test
  @Order(4)
  void killSwitchKeepsAllUntilItsTimeIsUp() {
    put(KILL_SWITCH, "{\"mode\": \"keep-all\", \"ttl\": \"10m\", \"reason\": \"incident\"}");
    List<Span> kept = send(20);
    program.awaitSettled(sent);
    assertEquals(ids(kept), ids(backend.spans()));
    expires("keep-all");
  }

  @Test
  @Order(5)
  void bypassPassesTheVeryRequestUntilItsTimeIsUp() {
    put(KILL_SWITCH, "{\"mode\": \"bypass\", \"ttl\": \"10m\"}");
    byte[] request = RandomTraces.request(RandomTraces.trace(RANDOM, "a=b", true)).toByteArray();
    assertEquals(200, sender.http(Otlp.TRACES, request).statusCode());
    sent += Slices.of(request).size();
    Await.until("it arrives", () -> !backend.received(Otlp.TRACES).isEmpty());
    assertArrayEquals(request, backend.received(Otlp.TRACES).getFirst().bytes());
    expires("bypass");
  }

  /** After its time the policy, which drops everything, is in force again. */
  private static void expires(String mode) {
    put(KILL_SWITCH, "{\"mode\": \"" + mode + "\", \"ttl\": \"1s\"}");
    Await.until("off", () -> program.json(KILL_SWITCH).path("mode").asString().equals("off"));
    backend.forget();
    long before = dropped(program.awaitSettled(sent));
    List<Span> sentNow = send(5);
    assertEquals(before + sentNow.size(), dropped(program.awaitSettled(sent)));
    assertEquals(0, backend.spans().size());
  }

  @Test
  @Order(6)
  void policyAndKillSwitchSurviveARestart() {
    put(KILL_SWITCH, "{\"mode\": \"keep-all\", \"ttl\": \"10m\"}");
    String etag = etag(POLICY);
    JsonNode before = program.status().path("policy");
    assertFalse(before.path("configured").asBoolean());
    stop();
    run();
    assertEquals(etag, etag(POLICY));
    assertEquals(before, program.status().path("policy"));
    assertEquals("keep-all", program.json(KILL_SWITCH).path("mode").asString());
    put(KILL_SWITCH, "{\"mode\": \"off\"}");
    List<Span> spans = send(5);
    assertEquals(spans.size(), dropped(program.awaitSettled(sent)));
  }

  @Test
  @Order(7)
  void aDamagedStateFileLeavesTheConfiguredPolicyAndAWarning() throws IOException {
    String etag = etag(POLICY);
    Path file = launch.stateDir().resolve("policy.json");
    String text = Files.readString(file);
    stop();
    Files.writeString(file, text.substring(0, text.length() / 2));
    Files.writeString(launch.stateDir().resolve("kill-switch.json"), "{\"mode\": \"KEEP");
    run();
    assertTrue(program.status().path("policy").path("configured").asBoolean());
    assertNotEquals(etag, etag(POLICY));
    String log = program.err();
    assertTrue(log.lines().anyMatch(l -> l.contains("WARN") && l.contains("policy.json")), log);
    assertTrue(log.lines().anyMatch(l -> l.contains("WARN") && l.contains("kill switch")), log);
    List<Span> spans = send(5);
    program.awaitSettled(sent);
    assertEquals(ids(spans), ids(backend.spans()));
  }

  @Test
  @Order(8)
  void s6_aPolicyInShadowOnlyCountsAndItsCountsAreToldAndOutliveChanges() {
    String trial = "{\"name\": \"trial\", \"drop\": true, \"shadow\": true}";
    put(POLICY, "{\"policies\": [" + trial + "], \"default\": {\"probability\": 1}}");
    List<Span> spans = send(5);
    JsonNode counts = program.awaitSettled(sent).path("policies");
    assertEquals(ids(spans), ids(backend.spans()));
    assertEquals("trial", counts.at("/0/name").asString());
    assertTrue(counts.at("/0/shadow").asBoolean());
    assertEquals(5, counts.at("/0/dropped/traces").asLong());
    assertEquals(spans.size(), counts.at("/0/less/spans").asLong());
    assertEquals(0, counts.at("/0/more/spans").asLong());
    assertEquals("default", counts.at("/1/name").asString());
    assertEquals(sent, counts.at("/1/kept/spans").asLong(), "that of the configuration goes on");
    put(POLICY, "{\"policies\": [" + trial + "], \"default\": {\"drop\": true}}");
    int more = send(3).size();
    counts = program.awaitSettled(sent).path("policies");
    assertEquals(spans.size() + more, counts.at("/0/dropped/spans").asLong());
    assertEquals(spans.size(), counts.at("/0/less/spans").asLong());
    assertEquals(more, counts.at("/1/dropped/spans").asLong());
  }
}
