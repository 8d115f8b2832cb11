package dev.spanthrift.agent.control.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.ControlSettings;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.control.http.BodyFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

class PolicyApiTest {
  private static final String PATH = "/api/v1/policy";
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

  private WebTestClient.ResponseSpec put(String body, String ifMatch) {
    return port.writer()
        .put()
        .uri(PATH)
        .header(HttpHeaders.IF_MATCH, ifMatch)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  @Test
  void answersThePolicyWithAStrongTagAndItsVersion() {
    port.client()
        .get()
        .uri(PATH)
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals(HttpHeaders.ETAG, port.etag())
        .expectHeader()
        .valueEquals("Spanthrift-Policy-Version", "1")
        .expectBody()
        .json(AdminPort.CONFIGURED);
    assertTrue(port.etag().matches("\"[0-9a-f]{32}\""), port.etag());
  }

  @Test
  void answersYamlWithATagOfItsOwnThatWritersMaySend() {
    String yaml =
        port.client()
            .get()
            .uri(PATH)
            .accept(MediaType.APPLICATION_YAML)
            .exchange()
            .expectHeader()
            .contentType(MediaType.APPLICATION_YAML)
            .expectHeader()
            .valueEquals(HttpHeaders.ETAG, yamlTag())
            .expectBody(String.class)
            .returnResult()
            .getResponseBody();
    assertEquals("policies:\n- name: errors\n  action: keep\ndefault: 0.1\n", yaml);
    put(AdminPort.OTHER, yamlTag()).expectStatus().isOk();
  }

  private String yamlTag() {
    return BodyFormat.YAML.etag(port.store.current().hash());
  }

  @Test
  void sendsNothingAgainToWhomeverHasIt() {
    for (String tag : List.of(port.etag(), "\"x\", W/" + port.etag(), "*")) {
      port.client()
          .get()
          .uri(PATH)
          .header(HttpHeaders.IF_NONE_MATCH, tag)
          .exchange()
          .expectStatus()
          .isNotModified()
          .expectHeader()
          .valueEquals(HttpHeaders.ETAG, port.etag())
          .expectBody()
          .isEmpty();
    }
    port.client()
        .get()
        .uri(PATH)
        .header(HttpHeaders.IF_NONE_MATCH, "\"other\"")
        .exchange()
        .expectStatus()
        .isOk();
  }

  @Test
  void putsAPolicyInForceInPipelineAndStore() {
    put(AdminPort.OTHER, port.etag())
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals(HttpHeaders.ETAG, port.etag())
        .expectBody()
        .jsonPath("$.version")
        .isEqualTo(2)
        .jsonPath("$.changed")
        .isEqualTo(true);
    assertEquals(2, port.pipeline.policies.getFirst().version());
    assertEquals(0.2, port.pipeline.policies.getFirst().root().path("default").asDouble());
    port.client().get().uri(PATH).exchange().expectBody().json(AdminPort.OTHER);
  }

  @Test
  void takesYamlToo() {
    port.writer()
        .put()
        .uri(PATH)
        .header(HttpHeaders.IF_MATCH, port.etag())
        .contentType(MediaType.APPLICATION_YAML)
        .bodyValue("policies:\n- name: errors\n  action: keep\ndefault: 0.2\n")
        .exchange()
        .expectStatus()
        .isOk();
    port.client().get().uri(PATH).exchange().expectBody().json(AdminPort.OTHER);
  }

  @Test
  void givesTheSameContentTheSameTagAndNoNewVersion() {
    put(AdminPort.CONFIGURED, port.etag())
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.changed")
        .isEqualTo(false)
        .jsonPath("$.version")
        .isEqualTo(1);
    assertEquals(List.of(), port.pipeline.policies);
  }

  @Test
  void changesNothingOnADryRun() throws Exception {
    port.writer()
        .put()
        .uri(PATH + "?dryRun=true")
        .header(HttpHeaders.IF_MATCH, port.etag())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(AdminPort.OTHER)
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .doesNotExist(HttpHeaders.ETAG)
        .expectBody()
        .jsonPath("$.dryRun")
        .isEqualTo(true)
        .jsonPath("$.version")
        .isEqualTo(2);
    assertEquals(1, port.store.current().version());
    assertEquals(List.of(), port.pipeline.policies);
    assertFalse(Files.readString(directory.resolve("state/policy.json")).contains("0.2"));
  }

  @Test
  void insistsOnIfMatch() {
    port.writer()
        .put()
        .uri(PATH)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(AdminPort.OTHER)
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.PRECONDITION_REQUIRED)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/if-match-required");
  }

  @Test
  void tellsAStaleWriterTheCurrentTag() {
    for (String tag : List.of("\"stale\"", "W/" + port.etag())) {
      put(AdminPort.OTHER, tag)
          .expectStatus()
          .isEqualTo(HttpStatus.PRECONDITION_FAILED)
          .expectHeader()
          .valueEquals(HttpHeaders.ETAG, port.etag())
          .expectBody()
          .jsonPath("$.etag")
          .isEqualTo(port.etag());
    }
  }

  @Test
  void tellsAStaleWriterWhatDiffers() {
    put("{\"policies\":[{\"name\":\"errors\"},{\"name\":\"new\"}],\"default\":0.1}", "\"stale\"")
        .expectStatus()
        .isEqualTo(HttpStatus.PRECONDITION_FAILED)
        .expectBody()
        .jsonPath("$.diff")
        .value(
            Object.class,
            diff ->
                assertEquals(
                    List.of(
                        Map.of("pointer", "/policies/0/action", "current", "keep"),
                        Map.of("pointer", "/policies/1", "sent", Map.of("name", "new"))),
                    diff));
    put(AdminPort.OTHER, "\"stale\"")
        .expectBody()
        .jsonPath("$.diff")
        .value(
            Object.class,
            diff ->
                assertEquals(
                    List.of(Map.of("pointer", "/default", "current", 0.1, "sent", 0.2)), diff));
  }

  @Test
  void s6_warnsOfWhatCanNeverFireAndTakesIt() {
    String odd = "{\"policies\":[{\"name\":\"errors\"},{\"name\":\"odd\"}]}";
    port.client()
        .post()
        .uri("/api/v1/policy:validate")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(odd)
        .exchange()
        .expectBody(JsonNode.class)
        .value(
            verdict -> {
              assertEquals(List.of(), OpenApi.get().mismatches("Verdict", verdict));
              assertTrue(verdict.path("valid").asBoolean());
              assertEquals("/policies/1", verdict.at("/warnings/0/pointer").asString());
            });
    put(odd, port.etag())
        .expectStatus()
        .isOk()
        .expectBody(JsonNode.class)
        .value(
            change -> {
              assertEquals(List.of(), OpenApi.get().mismatches("PolicyChange", change));
              assertEquals("can never fire", change.at("/warnings/0/detail").asString());
            });
    assertEquals(2, port.store.current().version());
  }

  @Test
  void letsExactlyOneOfTwoWritersWin() throws Exception {
    String tag = port.etag();
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      List<Future<Integer>> answers =
          List.of("0.3", "0.4").stream()
              .map(
                  share ->
                      two.submit(
                          () -> {
                            go.await();
                            return put(AdminPort.OTHER.replace("0.2", share), tag)
                                .returnResult(String.class)
                                .getStatus()
                                .value();
                          }))
              .toList();
      go.countDown();
      List<Integer> statuses =
          List.of(
              answers.get(0).get(20, TimeUnit.SECONDS), answers.get(1).get(20, TimeUnit.SECONDS));
      assertTrue(statuses.contains(200) && statuses.contains(412), statuses::toString);
    }
    assertEquals(2, port.store.current().version());
    assertEquals(1, port.pipeline.policies.size());
  }

  @Test
  void namesEveryPlaceThatIsWrong() {
    put("{\"policies\":[{},{\"name\":\"a\"},{}]}", port.etag())
        .expectStatus()
        .isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT)
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.errors.length()")
        .isEqualTo(2)
        .jsonPath("$.errors[1].pointer")
        .isEqualTo("/policies/2/name")
        .jsonPath("$.errors[1].suggestion")
        .isEqualTo("name: errors");
    assertEquals(1, port.store.current().version());
  }

  @Test
  void aBodyThatIsNoTextIsRefusedWithoutAClassName() {
    port.writer()
        .put()
        .uri(PATH)
        .header(HttpHeaders.IF_MATCH, port.etag())
        .contentType(MediaType.APPLICATION_YAML)
        .bodyValue(new byte[] {'a', ':', (byte) 0xff})
        .exchange()
        .expectStatus()
        .isBadRequest()
        .expectBody()
        .jsonPath("$.detail")
        .value(
            String.class,
            detail -> assertTrue(detail.contains("UTF-8") && !detail.contains("java."), detail));
  }

  @Test
  void namesThePlaceOfASyntaxError() {
    for (String body : List.of("{\"policies\":\n[}", "{} {}", "{\"a\":1,\"a\":2}", "null")) {
      put(body, port.etag())
          .expectStatus()
          .isBadRequest()
          .expectBody()
          .jsonPath("$.type")
          .isEqualTo("/problems/syntax");
    }
    put("{\"policies\":\n[}", port.etag())
        .expectBody()
        .jsonPath("$.detail")
        .value(String.class, detail -> assertTrue(detail.contains("line 2, column"), detail));
    port.writer()
        .put()
        .uri(PATH)
        .header(HttpHeaders.IF_MATCH, port.etag())
        .contentType(MediaType.APPLICATION_YAML)
        .bodyValue("policies: [\n")
        .exchange()
        .expectStatus()
        .isBadRequest();
    port.writer()
        .put()
        .uri(PATH)
        .header(HttpHeaders.IF_MATCH, port.etag())
        .contentType(MediaType.APPLICATION_JSON)
        .exchange()
        .expectStatus()
        .isBadRequest();
  }

  @Test
  void refusesABodyAboveTheLimit() {
    put(
            "{\"policies\":[],\"x\":\""
                + "x".repeat(ControlSettings.DEFAULT_BODY_BYTES_MAX)
                + "\"}",
            port.etag())
        .expectStatus()
        .isEqualTo(HttpStatus.CONTENT_TOO_LARGE)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/too-large");
  }

  @Test
  void validatesWithoutUsing() {
    port.client()
        .post()
        .uri("/api/v1/policy:validate")
        .contentType(MediaType.APPLICATION_YAML)
        .bodyValue("policies:\n- name: fine\n- {}\n")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.valid")
        .isEqualTo(false)
        .jsonPath("$.errors[0].pointer")
        .isEqualTo("/policies/1/name");
    port.client()
        .post()
        .uri("/api/v1/policy:validate")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(AdminPort.OTHER)
        .exchange()
        .expectBody()
        .json("{\"valid\":true,\"errors\":[]}");
    port.client()
        .post()
        .uri("/api/v1/policy:validate")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{")
        .exchange()
        .expectStatus()
        .isBadRequest();
  }

  @Test
  void remembersThePolicyAndItsNumberAfterARestart() throws Exception {
    put(AdminPort.OTHER, port.etag()).expectStatus().isOk();
    String tag = port.etag();
    port.close();
    port = AdminPort.start(directory);
    assertEquals(tag, port.etag());
    assertEquals(2, port.store.current().version());
    port.client().get().uri(PATH).exchange().expectBody().json(AdminPort.OTHER);
  }

  @Test
  void changesNothingWhenTheDiskRefuses() throws Exception {
    FileSystemUtils.deleteRecursively(directory.resolve("state"));
    Files.writeString(directory.resolve("state"), "a file where the folder should be");
    put(AdminPort.OTHER, port.etag())
        .expectStatus()
        .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/not-stored");
    assertEquals(1, port.store.current().version());
    assertEquals(List.of(), port.pipeline.policies);
  }

  @Test
  void refusesFormsThatItDoesNotKnow() {
    port.writer()
        .put()
        .uri(PATH)
        .header(HttpHeaders.IF_MATCH, port.etag())
        .contentType(MediaType.TEXT_PLAIN)
        .bodyValue("x")
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
    port.client()
        .get()
        .uri(PATH)
        .accept(MediaType.IMAGE_PNG)
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.NOT_ACCEPTABLE);
    port.client()
        .get()
        .uri(PATH)
        .header(HttpHeaders.ACCEPT, "application/yaml;q=0.5, application/json")
        .exchange()
        .expectHeader()
        .contentType(MediaType.APPLICATION_JSON);
  }
}
