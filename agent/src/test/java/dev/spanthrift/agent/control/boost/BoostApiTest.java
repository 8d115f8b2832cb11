package dev.spanthrift.agent.control.boost;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.MadeTraffic;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BoostApiTest {
  private static final String PATH = "/api/v1/boosts";
  private static final String CART =
      "{\"match\":{\"service\":\"cart\"},\"ttl\":\"30m\",\"cap\":0.5,\"reason\":\"incident 7\"}";

  @TempDir Path directory;
  private AdminPort port;

  @BeforeEach
  void start() throws Exception {
    port = AdminPort.startWithRealPolicies(directory);
  }

  @AfterEach
  void stop() {
    port.close();
  }

  private WebTestClient.ResponseSpec post(String path, String body) {
    return port.writer()
        .post()
        .uri(path)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  private static JsonNode json(WebTestClient.ResponseSpec answer) {
    byte[] body = answer.expectBody().returnResult().getResponseBody();
    return JsonMapper.shared().readTree(new String(body, StandardCharsets.UTF_8));
  }

  private JsonNode get(String path) {
    return json(port.client().get().uri(path).exchange().expectStatus().isOk());
  }

  @Test
  void isInForceWhenItIsAnsweredAndShownEverywhere() {
    WebTestClient.ResponseSpec answer = post(PATH, CART).expectStatus().isCreated();
    JsonNode made = json(answer);
    assertEquals(List.of(), OpenApi.get().mismatches("Boost", made));
    assertEquals(1, port.pipeline.boosted.size());
    assertEquals("boost:1", port.pipeline.boosted.getFirst().reason());
    JsonNode page = get(PATH);
    assertEquals(List.of(), OpenApi.get().mismatches("BoostPage", page));
    assertEquals(made, page.path("boosts").get(0));
    assertEquals(made, get(PATH + "/" + made.path("id").asString()));
    assertEquals(made, get("/api/v1/status").path("boosts").get(0));
    JsonNode audit = get("/api/v1/audit").path("entries").get(0);
    assertEquals("boost.create", audit.path("action").asString());
    assertEquals("incident 7", audit.path("reason").asString());
    String metrics =
        port.client()
            .get()
            .uri("/actuator/prometheus")
            .exchange()
            .expectBody(String.class)
            .returnResult()
            .getResponseBody();
    assertTrue(metrics.contains("spanthrift_boosts 1"), metrics);
  }

  @Test
  void saysWhatIsWrongWithAWish() {
    for (String[] wrong :
        new String[][] {
          {"{\"match\":{},\"ttl\":\"30m\",\"cap\":1}", "/match"},
          {"{\"match\":{\"service\":\"a\"},\"cap\":1}", "/ttl"},
          {"{\"match\":{\"service\":\"a\"},\"ttl\":\"25h\",\"cap\":1}", "/ttl"},
          {"{\"match\":{\"service\":\"a\"},\"ttl\":\"1h\"}", "/cap"},
          {"{\"match\":{\"service\":\"a\"},\"ttl\":\"1h\",\"cap\":-1}", "/cap"},
          {"{\"match\":{\"host\":\"a\"},\"ttl\":\"1h\",\"cap\":1}", "/match/host"},
          {
            "{\"match\":{\"attribute\":{\"key\":\"a\"}},\"ttl\":\"1h\",\"cap\":1}",
            "/match/attribute"
          },
        }) {
      post(PATH, wrong[0])
          .expectStatus()
          .isEqualTo(422)
          .expectBody()
          .jsonPath("$.errors[0].pointer")
          .isEqualTo(wrong[1]);
    }
    assertEquals(List.of(), port.pipeline.boosted);
  }

  @Test
  void needsTheToken() {
    port.client()
        .post()
        .uri(PATH)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(CART)
        .exchange()
        .expectStatus()
        .isUnauthorized();
    String id = json(post(PATH, CART)).path("id").asString();
    port.client().delete().uri(PATH + "/" + id).exchange().expectStatus().isUnauthorized();
    assertEquals(1, port.pipeline.boosted.size());
  }

  @Test
  void aDryRunChangesNothing() {
    post(PATH + "?dryRun=true", CART).expectStatus().isOk();
    assertEquals(0, get(PATH).path("boosts").size());
    String id = json(post(PATH, CART)).path("id").asString();
    port.writer()
        .delete()
        .uri(PATH + "/" + id + "?dryRun=true")
        .header("If-Match", "*")
        .exchange()
        .expectStatus()
        .isOk();
    assertEquals(1, get(PATH).path("boosts").size());
  }

  @Test
  void endsByHandAndIsRemembered() {
    String id = json(post(PATH, CART)).path("id").asString();
    JsonNode ended =
        json(
            port.writer()
                .delete()
                .uri(PATH + "/" + id)
                .header("If-Match", "*")
                .exchange()
                .expectStatus()
                .isOk());
    assertEquals("ended", ended.path("state").asString());
    assertEquals(List.of(), OpenApi.get().mismatches("Boost", ended));
    assertEquals(List.of(), port.pipeline.boosted);
    assertEquals(ended, get(PATH).path("ended").get(0));
    port.writer()
        .delete()
        .uri(PATH + "/" + id)
        .header("If-Match", "*")
        .exchange()
        .expectStatus()
        .isNotFound();
    port.client().get().uri(PATH + "/none").exchange().expectStatus().isNotFound();
  }

  @Test
  void endsByItselfAndSaysSo() {
    post(PATH, CART.replace("30m", "1s")).expectStatus().isCreated();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> get(PATH).path("ended").path(0).path("state").asString(""), "expired"::equals);
    assertEquals(List.of(), port.pipeline.boosted);
    JsonNode entry = get("/api/v1/audit").path("entries").get(0);
    assertEquals("boost.end", entry.path("action").asString());
    assertEquals("spanthrift", entry.path("who").asString());
  }

  @Test
  void onlyAFewAtATime() {
    for (int i = 0; i < BoostKeeper.ACTIVE_MAX; i++) {
      post(PATH, CART).expectStatus().isCreated();
    }
    post(PATH, CART).expectStatus().isEqualTo(409);
    assertEquals(BoostKeeper.ACTIVE_MAX, port.pipeline.boosted.size());
  }

  @Test
  void isRefusedWherePoliciesLeaveNoRoom() {
    port.pipeline.roomForBoosts = false;
    post(PATH, CART).expectStatus().isEqualTo(409);
    assertEquals(0, get(PATH).path("boosts").size());
    JsonNode entries = get("/api/v1/audit").path("entries");
    assertEquals("boost.create.failed", entries.path(0).path("action").asString());
    assertEquals("boost.create", entries.path(1).path("action").asString());
  }

  @Test
  void endsWhereANewPolicyLeavesNoRoom() {
    post(PATH, CART).expectStatus().isCreated();
    port.pipeline.roomForBoosts = false;
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> get(PATH).path("ended").path(0).path("state").asString(""), "noRoom"::equals);
  }

  @Test
  void survivesARestartWithWhatItHasSpent() throws Exception {
    JsonNode made = json(post(PATH, CART));
    port.close();
    Path file = directory.resolve("state").resolve(BoostFile.NAME);
    String stored = Files.readString(file);
    assertTrue(stored.contains("\"spentPicos\" : 0"), stored);
    Files.writeString(file, stored.replace("\"spentPicos\" : 0", "\"spentPicos\" : 200000000000"));
    port = AdminPort.startWithRealPolicies(directory);
    JsonNode again = get(PATH).path("boosts").get(0);
    assertEquals(made.path("id"), again.path("id"));
    assertEquals(made.path("until"), again.path("until"));
    assertEquals(0.2, again.path("spent").asDouble(), 1e-9);
    assertEquals(1, port.pipeline.boosted.size());
  }

  @Test
  void aDamagedFileIsNoReasonNotToStart() throws Exception {
    post(PATH, CART).expectStatus().isCreated();
    port.close();
    Files.writeString(directory.resolve("state").resolve(BoostFile.NAME), "{\"boosts\":[{}]}");
    port = AdminPort.startWithRealPolicies(directory);
    assertEquals(0, get(PATH).path("boosts").size());
  }

  @Test
  void aPreviewSaysWhatItWillCost() {
    post(PATH + ":preview", CART).expectStatus().isEqualTo(409);
    SpanRing ring = new SpanRing(1 << 20, Duration.ofHours(1));
    Scanner scanner = new Scanner(10_000);
    long now = System.currentTimeMillis();
    List<ExportTraceServiceRequest> recorded = new MadeTraffic(61, 400).recorded();
    for (int i = 0; i < recorded.size(); i++) {
      byte[] request = recorded.get(i).toByteArray();
      ring.record(scanner.scan(request, 0, request.length), now - 60_000 + 900L * i);
    }
    port.pipeline.recorded = ring;
    JsonNode anyway = json(post(PATH + ":preview", CART).expectStatus().isOk());
    assertEquals(List.of(), OpenApi.get().mismatches("BoostPreview", anyway));
    assertEquals(400, anyway.path("traces").asLong(), "each trace has a span of cart");
    assertEquals(1, anyway.path("keptAnyway").asDouble(), 1e-9, "the default keeps everything");
    assertEquals(0, anyway.path("costPerHour").asDouble(), 1e-12);

    port.writer()
        .put()
        .uri("/api/v1/policy")
        .header("If-Match", port.etag())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"default\":{\"drop\":true}}")
        .exchange()
        .expectStatus()
        .isOk();
    JsonNode added = json(post(PATH + ":preview", CART).expectStatus().isOk());
    assertEquals(0, added.path("keptAnyway").asDouble(), 1e-9);
    double gigabytes = added.path("bytes").asDouble() / 1e9;
    double hours = added.path("seconds").asDouble() / 3600;
    assertEquals(0.5 * gigabytes / hours, added.path("costPerHour").asDouble(), 1e-6);
    assertNotEquals(0, added.path("cost").asDouble());
    assertEquals(List.of(), port.pipeline.boosted);
  }
}
