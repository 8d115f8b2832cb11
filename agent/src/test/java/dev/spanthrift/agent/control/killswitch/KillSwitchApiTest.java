package dev.spanthrift.agent.control.killswitch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.pipeline.KillSwitch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

class KillSwitchApiTest {
  private static final String PATH = "/api/v1/kill-switch";
  @TempDir Path directory;
  private AdminPort port;

  @BeforeEach
  void start() throws Exception {
    port = AdminPort.start(directory);
  }

  @AfterEach
  void stop() {
    port.close();
  }

  private WebTestClient.ResponseSpec put(String body) {
    return port.writer()
        .put()
        .uri(PATH)
        .header(HttpHeaders.IF_MATCH, "*")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  @Test
  void isOffAtFirst() {
    port.client().get().uri(PATH).exchange().expectBody().json("{\"mode\":\"off\"}");
  }

  @Test
  void reachesThePipelineBeforeItAnswers() {
    put("{\"mode\":\"keep-all\",\"ttl\":\"5m\",\"reason\":\"incident 7\"}")
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.mode")
        .isEqualTo("keep-all")
        .jsonPath("$.until")
        .exists();
    KillSwitch set = port.pipeline.killSwitch;
    assertEquals(KillSwitch.Mode.KEEP_ALL, set.mode());
    assertEquals(300_000, set.untilUnixMillis() - set.sinceUnixMillis());
    assertEquals("incident 7", set.reason());
    put("{\"mode\":\"off\"}").expectStatus().isOk();
    assertEquals(KillSwitch.Mode.OFF, port.pipeline.killSwitch.mode());
  }

  @Test
  void takesTimesInBothForms() {
    for (var form : Map.of("PT90S", 90, "1h30m", 5400, "45s", 45, "1d", 86_400).entrySet()) {
      put("{\"mode\":\"bypass\",\"ttl\":\"" + form.getKey() + "\"}").expectStatus().isOk();
      KillSwitch set = port.pipeline.killSwitch;
      assertEquals(form.getValue() * 1000L, set.untilUnixMillis() - set.sinceUnixMillis());
    }
    put("{\"mode\":\"bypass\"}").expectStatus().isOk();
    KillSwitch set = port.pipeline.killSwitch;
    assertEquals(3_600_000, set.untilUnixMillis() - set.sinceUnixMillis(), "1 h when not said");
  }

  @Test
  void switchesItselfOff() {
    put("{\"mode\":\"bypass\",\"ttl\":\"1s\"}").expectStatus().isOk();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> port.pipeline.killSwitch.mode() == KillSwitch.Mode.OFF);
    port.client().get().uri(PATH).exchange().expectBody().json("{\"mode\":\"off\"}");
  }

  @Test
  void theReasonMayStandInTheHeader() {
    port.writer()
        .put()
        .uri(PATH)
        .header(HttpHeaders.IF_MATCH, "*")
        .header(HttpHeaders.ORIGIN, port.url())
        .header("X-Reason", "UTF-8''%EC%9E%A5%EC%95%A0+7")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"mode\":\"keep-all\"}")
        .exchange()
        .expectStatus()
        .isOk();
    assertEquals("\uc7a5\uc560+7", port.pipeline.killSwitch.reason());
    assertEquals("\uc7a5\uc560+7", audit(0).path("reason").asString());
  }

  @Test
  void whatCouldNotBeStoredIsSaidInTheAudit() throws Exception {
    Path file = directory.resolve("state").resolve(KillSwitchFile.NAME);
    Files.createDirectories(file.resolve("in its place"));
    put("{\"mode\":\"keep-all\",\"reason\":\"r\"}").expectStatus().is5xxServerError();
    assertEquals(KillSwitch.Mode.OFF, port.pipeline.killSwitch.mode());
    assertEquals("kill-switch.put.failed", audit(0).path("action").asString());
    assertEquals("kill-switch.put", audit(1).path("action").asString());
  }

  private JsonNode audit(int place) {
    JsonNode page =
        port.client()
            .get()
            .uri("/api/v1/audit")
            .exchange()
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    return page.path("entries").path(place);
  }

  @Test
  void isStillOnAfterARestart() throws Exception {
    put("{\"mode\":\"bypass\",\"ttl\":\"1h\",\"reason\":\"r\"}").expectStatus().isOk();
    KillSwitch before = port.pipeline.killSwitch;
    port.close();
    port = AdminPort.start(directory);
    assertEquals(before, port.pipeline.killSwitch);
  }

  @Test
  void isOffAfterARestartWhenItsFileIsDamaged() throws Exception {
    put("{\"mode\":\"bypass\",\"ttl\":\"1h\"}").expectStatus().isOk();
    port.close();
    Files.writeString(directory.resolve("state").resolve(KillSwitchFile.NAME), "{\"mode\":");
    port = AdminPort.start(directory);
    assertEquals(KillSwitch.OFF, port.pipeline.killSwitch);
  }

  @Test
  void refusesWhatItCannotUse() {
    Map<String, String> wrong =
        Map.of(
            "{\"mode\":\"on\"}", "/mode",
            "{}", "/mode",
            "{\"mode\":\"bypass\",\"ttl\":\"soon\"}", "/ttl",
            "{\"mode\":\"bypass\",\"ttl\":5}", "/ttl",
            "{\"mode\":\"bypass\",\"ttl\":\"25h\"}", "/ttl",
            "{\"mode\":\"bypass\",\"ttl\":\"-PT5M\"}", "/ttl",
            "{\"mode\":\"bypass\",\"ttl\":\"999999999d\"}", "/ttl",
            "{\"mode\":\"bypass\",\"reason\":\"a\\nb\"}", "/reason",
            "{\"mode\":\"bypass\",\"reason\":{}}", "/reason",
            "{\"mode\":\"bypass\",\"why\":\"typo\"}", "/why");
    wrong.forEach(
        (body, pointer) ->
            put(body)
                .expectStatus()
                .isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT)
                .expectBody()
                .jsonPath("$.errors[0].pointer")
                .isEqualTo(pointer));
    put("[").expectStatus().isBadRequest();
    put("[]").expectStatus().isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
    assertEquals(KillSwitch.OFF, port.pipeline.killSwitch);
  }

  @Test
  void insistsOnIfMatchAndHonoursIt() {
    port.writer()
        .put()
        .uri(PATH)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"mode\":\"keep-all\"}")
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.PRECONDITION_REQUIRED);
    assertEquals(KillSwitch.OFF, port.pipeline.killSwitch);
    String tag =
        port.client()
            .get()
            .uri(PATH)
            .exchange()
            .returnResult(String.class)
            .getResponseHeaders()
            .getETag();
    put("{\"mode\":\"keep-all\"}").expectStatus().isOk();
    port.writer()
        .put()
        .uri(PATH)
        .header(HttpHeaders.IF_MATCH, tag)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"mode\":\"off\"}")
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.PRECONDITION_FAILED)
        .expectHeader()
        .exists(HttpHeaders.ETAG);
    assertEquals(KillSwitch.Mode.KEEP_ALL, port.pipeline.killSwitch.mode());
  }

  @Test
  void checksIfMatchOnADryRunToo() {
    port.writer()
        .put()
        .uri(PATH + "?dryRun=true")
        .header(HttpHeaders.IF_MATCH, "\"stale\"")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"mode\":\"bypass\"}")
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.PRECONDITION_FAILED);
    assertEquals(KillSwitch.OFF, port.pipeline.killSwitch);
  }

  @Test
  void changesNothingOnADryRun() {
    port.writer()
        .put()
        .uri(PATH + "?dryRun=true")
        .header(HttpHeaders.IF_MATCH, "*")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"mode\":\"bypass\"}")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.mode")
        .isEqualTo("bypass");
    assertEquals(KillSwitch.OFF, port.pipeline.killSwitch);
  }

  @Test
  void expiresByTheClockEvenWithoutATimer() {
    KillSwitch five = new KillSwitch(KillSwitch.Mode.BYPASS, 10, 15, "");
    assertEquals(five, five.at(14));
    assertEquals(KillSwitch.OFF, five.at(15));
    assertTrue(
        List.of(0L, Long.MAX_VALUE - 1).stream()
            .allMatch(t -> KillSwitch.OFF.at(t) == KillSwitch.OFF));
  }
}
