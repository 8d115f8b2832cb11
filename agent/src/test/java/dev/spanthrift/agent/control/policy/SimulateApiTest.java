package dev.spanthrift.agent.control.policy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.MadeTraffic;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
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

class SimulateApiTest {
  private static final String ERRORS =
      """
      policies:
        - {name: errors, match: {status: ERROR}, keep: true}
        - {name: slow carts, match: {all: [{service: cart}, {slowerThan: 500ms}]}, drop: true}
      default: {budget: true}
      """;

  @TempDir Path directory;
  private AdminPort port;

  @BeforeEach
  void start() {
    port = AdminPort.startWithRealPolicies();
  }

  @AfterEach
  void stop() {
    port.close();
  }

  private void record() {
    SpanRing ring = new SpanRing(1 << 20, Duration.ofHours(1));
    Scanner scanner = new Scanner(10_000);
    long now = System.currentTimeMillis();
    List<ExportTraceServiceRequest> recorded = new MadeTraffic(61, 400).recorded();
    for (int i = 0; i < recorded.size(); i++) {
      byte[] request = recorded.get(i).toByteArray();
      ring.record(scanner.scan(request, 0, request.length), now - 60_000 + 900L * i);
    }
    port.pipeline.recorded = ring;
  }

  private WebTestClient.ResponseSpec ask(String query, String document) {
    return port.client()
        .post()
        .uri("/api/v1/policy:simulate" + query)
        .contentType(MediaType.APPLICATION_YAML)
        .bodyValue(document)
        .exchange();
  }

  @Test
  void s8_theLastSpansAnswerWhatIf() {
    record();
    WhatIfAnswer answer =
        ask("?budget=20%", ERRORS)
            .expectStatus()
            .isOk()
            .expectBody(WhatIfAnswer.class)
            .returnResult()
            .getResponseBody();
    assertEquals(400, answer.received().traces());
    assertTrue(answer.keptByReason().containsKey("errors"), answer.toString());
    assertTrue(answer.droppedByReason().containsKey("slow carts"), answer.toString());
    assertEquals(0, answer.errors().lostSignatures());
    assertEquals("USD", answer.cost().currency());
    assertTrue(answer.cost().saved() > 0);
    assertEquals(6, answer.operations().size());
    assertEquals(3, answer.warnings().size(), answer.warnings().toString());
    assertTrue(
        answer.warnings().getFirst().startsWith("of the last "), answer.warnings().toString());
  }

  @Test
  void s8_itsAnswerIsAsDescribed() {
    record();
    ask("", ERRORS)
        .expectBody()
        .jsonPath("$.keys()")
        .value(
            keys ->
                assertEquals(
                    OpenApi.get()
                        .root()
                        .at("/components/schemas/SimulationAnswer/properties")
                        .propertyNames()
                        .stream()
                        .toList(),
                    List.copyOf((java.util.Collection<?>) keys)));
  }

  @Test
  void s8_policiesThatNeedAttributesAreNamed() {
    record();
    String document =
        """
        policies:
          - {name: errors, match: {status: ERROR}, keep: true}
          - {name: big, match: {attribute: {key: customer, equals: big}}, keep: true}
        """;
    ask("", document)
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.errors[0].pointer")
        .isEqualTo("/policies/1");
  }

  @Test
  void s8_whatCannotBeAnsweredIsSaid() {
    ask("", ERRORS).expectStatus().isEqualTo(409);
    port.pipeline.recorded = new SpanRing(0, Duration.ofHours(1));
    ask("", ERRORS).expectStatus().isEqualTo(409);
    record();
    ask("?budget=much", ERRORS).expectStatus().isBadRequest();
    ask("", "policies: [").expectStatus().isBadRequest();
    ask("", "policies:\n- {name: a, keeep: true}").expectStatus().isEqualTo(422);
  }

  @Test
  void aJobAnswersLikeTheQuestionItself() {
    record();
    WhatIfAnswer atOnce =
        ask("?budget=20%", ERRORS).expectBody(WhatIfAnswer.class).returnResult().getResponseBody();
    var accepted =
        port.client()
            .post()
            .uri("/api/v1/policy:simulate?budget=20%")
            .header("Prefer", "respond-async, wait=10")
            .contentType(MediaType.APPLICATION_YAML)
            .bodyValue(ERRORS)
            .exchange()
            .expectStatus()
            .isAccepted()
            .expectHeader()
            .valueEquals("Preference-Applied", "respond-async")
            .expectBody()
            .returnResult();
    String place = String.valueOf(accepted.getResponseHeaders().getLocation());
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> job(place).path("state").asString(), "done"::equals);
    assertEquals(List.of(), OpenApi.get().mismatches("Job", job(place)));
    assertEquals(
        String.valueOf((JsonNode) JsonMapper.shared().valueToTree(atOnce.kept())),
        job(place).at("/result/kept").toString());
    port.client()
        .get()
        .uri("/api/v1/jobs")
        .exchange()
        .expectBody(JsonNode.class)
        .value(page -> assertEquals(List.of(), OpenApi.get().mismatches("JobPage", page)));
  }

  @Test
  void whoCancelsAJobIsNoted() throws IOException {
    port.close();
    port = AdminPort.startWithRealPolicies(directory);
    record();
    Object place =
        port.client()
            .post()
            .uri("/api/v1/policy:simulate")
            .header("Prefer", "respond-async")
            .contentType(MediaType.APPLICATION_YAML)
            .bodyValue(ERRORS)
            .exchange()
            .expectStatus()
            .isAccepted()
            .expectBody()
            .returnResult()
            .getResponseHeaders()
            .getLocation();
    for (String query : List.of("?dryRun=true", "")) {
      port.writer()
          .delete()
          .uri(place + query)
          .header("If-Match", "*")
          .header("X-Reason", "too long")
          .exchange()
          .expectStatus()
          .isOk();
    }
    port.client()
        .get()
        .uri("/api/v1/audit")
        .exchange()
        .expectBody()
        .jsonPath("$.entries.length()")
        .isEqualTo(1)
        .jsonPath("$.entries[0].action")
        .isEqualTo("job.cancel")
        .jsonPath("$.entries[0].reason")
        .isEqualTo("too long");
  }

  private JsonNode job(String place) {
    return port.client()
        .get()
        .uri(place)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(JsonNode.class)
        .returnResult()
        .getResponseBody();
  }

  private WebTestClient.ResponseSpec askBudget(String body) {
    return port.client()
        .post()
        .uri("/api/v1/budget:simulate")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  @Test
  void anotherBudgetIsAskedOfThePoliciesInForce() throws IOException {
    port.close();
    port = AdminPort.startWithRealPolicies(directory);
    port.writer()
        .put()
        .uri("/api/v1/policy")
        .header("If-Match", port.etag())
        .contentType(MediaType.APPLICATION_YAML)
        .bodyValue(ERRORS)
        .exchange()
        .expectStatus()
        .isOk();
    record();
    WhatIfAnswer tenth =
        askBudget("{\"budget\":\"10%\"}")
            .expectBody(WhatIfAnswer.class)
            .returnResult()
            .getResponseBody();
    WhatIfAnswer half =
        askBudget("{\"budget\":\"50%\",\"shares\":{\"ordinary\":0.9}}")
            .expectStatus()
            .isOk()
            .expectBody(WhatIfAnswer.class)
            .returnResult()
            .getResponseBody();
    assertTrue(tenth.cost().kept() < half.cost().kept(), tenth.cost() + " " + half.cost());
    askBudget("{\"budget\":\"50%\",\"shares\":{\"error\":2}}").expectStatus().isEqualTo(422);
    askBudget("{\"budget\":\"50%\",\"shares\":{\"error\":0.7,\"slow\":0.7}}")
        .expectStatus()
        .isEqualTo(422);
    askBudget("{\"money\":\"50%\"}").expectStatus().isEqualTo(422);
    askBudget("{\"budget\":\"lots\"}").expectStatus().isBadRequest();
  }
}
