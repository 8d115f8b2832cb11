package dev.spanthrift.agent.control.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.control.http.BodyFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Versions of the policy: list, read, compare, go back; and who did it. */
class PolicyVersionsApiTest {
  @TempDir Path directory;
  private AdminPort port;

  @BeforeEach
  void start() throws IOException {
    port = AdminPort.startWithRealPolicies(directory);
  }

  @AfterEach
  void stop() {
    port.close();
  }

  private void restart() throws IOException {
    port.close();
    port = AdminPort.startWithRealPolicies(directory);
  }

  private static String policy(String probability) {
    return "{\"default\": {\"probability\": " + probability + "}}";
  }

  private WebTestClient.ResponseSpec put(String document, String... headers) {
    return port.writer()
        .put()
        .uri("/api/v1/policy")
        .header("If-Match", port.etag())
        .headers(
            all -> {
              for (int i = 0; i < headers.length; i += 2) {
                all.set(headers[i], headers[i + 1]);
              }
            })
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(document)
        .exchange();
  }

  private WebTestClient.ResponseSpec rollback(String query, String body, String ifMatch) {
    return port.writer()
        .post()
        .uri("/api/v1/policy:rollback" + query)
        .header("If-Match", ifMatch)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  private JsonNode get(String path, String schema) {
    byte[] body =
        port.client()
            .get()
            .uri(path)
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .returnResult()
            .getResponseBody();
    JsonNode answer = JsonMapper.shared().readTree(Objects.requireNonNull(body));
    assertEquals(List.of(), OpenApi.get().mismatches(schema, answer));
    return answer;
  }

  @Test
  void listsWhatWasInForceWithWhoAndWhy() {
    put(policy("0.5"), "X-Reason", "incident 7").expectStatus().isOk();
    JsonNode versions = get("/api/v1/policy/versions", "PolicyVersionPage").path("versions");
    assertEquals(2, versions.size());
    assertEquals("incident 7", versions.get(0).path("reason").asString());
    assertEquals("token:admin", versions.get(0).path("who").asString());
    assertTrue(versions.get(0).path("inForce").asBoolean());
    assertEquals("configuration", versions.get(1).path("who").asString());
    JsonNode effective = get("/api/v1/policy/effective", "EffectivePolicy");
    assertEquals("rest", effective.path("origin").asString());
    assertEquals(0.5, effective.at("/policy/default/probability").asDouble());
  }

  @Test
  void anyVersionCanBeReadAndAnyTwoCompared() {
    put(policy("0.5")).expectStatus().isOk();
    put(policy("0.25")).expectStatus().isOk();
    port.client()
        .get()
        .uri("/api/v1/policy/versions/2")
        .accept(MediaType.APPLICATION_YAML)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(String.class)
        .isEqualTo("default:\n  probability: 0.5\n");
    JsonNode between = get("/api/v1/policy:diff?from=2&to=3", "PolicyComparison");
    assertEquals(
        "[{\"pointer\":\"/default/probability\",\"current\":0.5,\"sent\":0.25}]",
        between.path("differences").toString());
    assertEquals(3, get("/api/v1/policy:diff?from=1", "PolicyComparison").path("to").asInt());
    port.client().get().uri("/api/v1/policy/versions/9").exchange().expectStatus().isNotFound();
    port.client().get().uri("/api/v1/policy:diff?from=9").exchange().expectStatus().isNotFound();
    port.client().get().uri("/api/v1/policy:diff").exchange().expectStatus().isBadRequest();
  }

  @Test
  void oneCallGoesBackAndIsANewVersion() {
    put(policy("0.5")).expectStatus().isOk();
    String etag = port.etag();
    rollback("?dryRun=true", "{\"version\": 1, \"reason\": \"oops\"}", etag)
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.dryRun")
        .isEqualTo(true);
    assertEquals(2, port.store.current().version());
    rollback("", "{\"version\": 1, \"reason\": \"oops\"}", etag).expectStatus().isOk();
    assertEquals(3, port.store.current().version());
    assertTrue(port.store.isConfigured());
    assertEquals(3, port.pipeline.policies.getLast().version());
    JsonNode last = get("/api/v1/audit", "AuditPage").path("entries").get(0);
    assertEquals("policy.rollback", last.path("action").asString());
    assertEquals("oops", last.path("reason").asString());
    assertEquals("2", last.path("from").asString());
    assertEquals("3", last.path("to").asString());
    rollback("", "{\"version\": 2}", etag).expectStatus().isEqualTo(412);
    rollback("", "{\"version\": 77}", port.etag()).expectStatus().isNotFound();
    rollback("", "{\"version\": \"two\"}", port.etag()).expectStatus().isEqualTo(422);
  }

  @Test
  void versionsAndAuditOutliveTheProcess() throws IOException {
    put(policy("0.5"), "X-Reason", "first").expectStatus().isOk();
    restart();
    put(policy("0.25"), "X-Reason", "second").expectStatus().isOk();
    restart();
    JsonNode versions = get("/api/v1/policy/versions", "PolicyVersionPage").path("versions");
    assertEquals(3, versions.size());
    assertEquals("second", versions.get(0).path("reason").asString());
    assertEquals("first", versions.get(1).path("reason").asString());
    assertEquals(2, get("/api/v1/audit", "AuditPage").path("total").asInt());
    rollback("", "{\"version\": 1}", port.etag()).expectStatus().isOk();
  }

  @Test
  void aDamagedHistoryIsNamedAndCostsNothingElse() throws IOException {
    put(policy("0.5")).expectStatus().isOk();
    Path file = directory.resolve("state").resolve(PolicyHistory.FILE);
    Files.writeString(file, Files.readString(file).replace("0.5", "0.6"));
    restart();
    assertEquals(2, port.store.current().version());
    JsonNode versions = get("/api/v1/policy/versions", "PolicyVersionPage").path("versions");
    assertEquals(
        "[2,1]",
        List.of(versions.get(0).path("version"), versions.get(1).path("version"))
            .toString()
            .replace(" ", ""));
    put(policy("0.7")).expectStatus().isOk();
  }

  @Test
  void halfALineOfAPowerCutTakesNoOtherVersionWithIt() throws IOException {
    put(policy("0.5")).expectStatus().isOk();
    Path file = directory.resolve("state").resolve(PolicyHistory.FILE);
    Files.writeString(file, "{\"version\":3,\"ha", StandardOpenOption.APPEND);
    restart();
    put(policy("0.7")).expectStatus().isOk();
    put(policy("0.8")).expectStatus().isOk();
    restart();
    JsonNode page = get("/api/v1/policy/versions", "PolicyVersionPage");
    assertEquals(4, page.path("versions").size(), page::toString);
    rollback("", "{\"version\": 3}", port.etag()).expectStatus().isOk();
  }

  @Test
  void onlyTheLastHundredAreKept() {
    for (int i = 1; i <= PolicyHistory.VERSIONS_MAX + 5; i++) {
      put(policy("0." + (1_000 + i))).expectStatus().isOk();
    }
    JsonNode page = get("/api/v1/policy/versions?limit=1000", "PolicyVersionPage");
    assertEquals(PolicyHistory.VERSIONS_MAX, page.path("versions").size());
    JsonNode first = get("/api/v1/policy/versions?limit=60", "PolicyVersionPage");
    JsonNode second =
        get(
            "/api/v1/policy/versions?limit=60&cursor=" + first.path("next").asString(),
            "PolicyVersionPage");
    assertEquals(40, second.path("versions").size());
    assertEquals(true, second.path("next").isMissingNode());
  }

  @Test
  void aPageSaysWhyAndAMachineMay() {
    String own = port.url();
    put(policy("0.5"), "Origin", own).expectStatus().isEqualTo(422);
    put(policy("0.5"), "Origin", own, "X-Reason", "incident 7").expectStatus().isOk();
    put(policy("0.6"), "X-Reason", "x".repeat(501)).expectStatus().isEqualTo(422);
  }

  @Test
  void theKillSwitchIsAuditedToo() {
    port.writer()
        .put()
        .uri("/api/v1/kill-switch")
        .header(HttpHeaders.IF_MATCH, "*")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"mode\": \"keep-all\", \"reason\": \"incident 8\"}")
        .exchange()
        .expectStatus()
        .isOk();
    JsonNode entry = get("/api/v1/audit", "AuditPage").path("entries").get(0);
    assertEquals("kill-switch.put", entry.path("action").asString());
    assertEquals("incident 8", entry.path("reason").asString());
    assertEquals("off", entry.path("from").asString());
    assertEquals("keep-all", entry.path("to").asString());
  }

  @Test
  void whatCannotBeAuditedIsNotDone() throws IOException {
    Path state = directory.resolve("state");
    Files.createDirectories(state.resolve("audit.jsonl")); // a folder in its place
    put(policy("0.5")).expectStatus().isEqualTo(503);
    assertEquals(1, port.store.current().version());
    assertEquals(List.of(), port.pipeline.policies);
  }

  @Test
  void textReadAsYamlIsTheSamePolicyWhenItIsPutBack() {
    String odd =
        "{\"policies\": [{\"name\": \"1e3\", \"match\": {\"attribute\": {\"key\": \"017\","
            + " \"equals\": \"0x1F\"}}, \"keep\": true}]}";
    put(odd).expectStatus().isOk();
    byte[] yaml = BodyFormat.YAML.write(port.store.current().root());
    assertEquals(port.store.current().root(), BodyFormat.YAML.read(yaml));
  }
}
