package dev.spanthrift.agent.control.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.Whereabouts;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.FieldWriter;
import dev.spanthrift.sampler.wire.Scanner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Explanations over the admin port, of decisions that the test has put into the log. */
class ExplainApiTest {
  private static final String ID = "00000000000000aa00000000000000bb";
  private static final long HALF = 1L << 55;
  private static final String POLICY =
      """
      policies:
        - name: slow logins
          match: {all: [{name: POST /login}, {slowerThan: 1s}]}
          keep: true
        - {name: big, match: {spanCount: {atLeast: 100}}, drop: true}
      default: {probability: 0.25}
      """;

  private AdminPort port;
  private final DecisionLog log = new DecisionLog(1 << 20, () -> 1_700_000_000_000L);

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    port =
        AdminPort.startWithRealPolicies(
            directory, settings -> settings.withTraceUrl("https://tempo.example/t/{traceId}?o=1"));
    port.pipeline.decisions = log;
  }

  @AfterEach
  void stop() {
    port.close();
  }

  private static Fragment fragment(long randomness, long durationMillis) {
    return Fragment.ofSums(
        0xaa, 0xbb, randomness, 3, 1_500, durationMillis * 1_000_000, false, true);
  }

  private JsonNode get(String path) {
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
    return JsonMapper.shared().readTree(Objects.requireNonNull(body));
  }

  private JsonNode explain() {
    JsonNode answer = get("/api/v1/traces/" + ID + "/explain");
    assertEquals(List.of(), OpenApi.get().mismatches("Explanation", answer));
    return answer;
  }

  private void putVersion2() {
    put(POLICY);
    assertEquals(2, port.store.current().version());
  }

  private void put(String policy) {
    port.writer()
        .put()
        .uri("/api/v1/policy")
        .header("If-Match", port.etag())
        .contentType(MediaType.APPLICATION_YAML)
        .bodyValue(policy)
        .exchange()
        .expectStatus()
        .isOk();
  }

  @Test
  void saysWhichPolicyDroppedItAndWhatItSaw() {
    putVersion2();
    long number = log.note(fragment(HALF, 20), 7, 2, "default", 0.25, false, new long[] {1}, 0, 1);
    log.settled(number, false, 0, "default");
    JsonNode answer = explain();
    assertEquals("decided", answer.path("state").asString());
    assertEquals(
        "Dropped by policy default: operation 7 of cart, 3 spans; probability 0.250, randomness"
            + " 0x80000000000000 < threshold 0xc.",
        answer.path("verdict").asString());
    JsonNode decision = answer.path("decisions").get(0);
    JsonNode logins = decision.path("policies").get(0);
    assertEquals("slow logins", logins.path("name").asString());
    assertFalse(logins.path("matched").asBoolean());
    JsonNode parts = logins.path("conditions").path("parts");
    assertTrue(parts.get(0).path("holds").asBoolean(), "it is a login");
    assertEquals("{\"slowerThan\":\"1s\"}", parts.get(1).path("condition").toString());
    assertFalse(parts.get(1).path("holds").asBoolean());
    assertEquals("0.0200 s", parts.get(1).path("saw").asString());
    assertEquals("3 spans", decision.at("/policies/1/conditions/saw").asString());
    assertTrue(decision.at("/policies/2/decides").asBoolean());
    assertEquals("{\"probability\":0.25}", decision.at("/policies/2/action").toString());
    assertEquals("[]", decision.path("destinations").toString());
  }

  @Test
  void namesTheBoostThatDecidedByWhatItMatches() {
    port.writer()
        .post()
        .uri("/api/v1/boosts")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(
            "{\"match\":{\"service\":\"cart\"},\"ttl\":\"30m\",\"cap\":1,\"reason\":\"incident"
                + " 7\"}")
        .exchange()
        .expectStatus()
        .isCreated();
    String id = get("/api/v1/boosts").at("/boosts/0/id").asString();
    DecisionLog now = new DecisionLog(1 << 20, System::currentTimeMillis);
    port.pipeline.decisions = now;
    long number = now.note(fragment(HALF, 20), 7, 1, "boost:1", 1, false, new long[] {1}, 0, 1);
    now.settled(number, true, 1, "boost:1");
    JsonNode answer = explain();
    assertEquals(
        "Kept by the boost of all of cart ("
            + id
            + ", because: incident 7): operation 7 of cart, 3 spans; probability 1.",
        answer.path("verdict").asString());
    JsonNode boost = answer.at("/decisions/0/boost");
    assertEquals(id, boost.path("id").asString());
    assertEquals("{\"service\":\"cart\"}", boost.path("match").toString());
    assertEquals("incident 7", boost.path("reason").asString());
  }

  /** And the backend has nothing of what was dropped. */
  @Test
  void linksToTheBackendUnlessAllWasDropped() {
    String there = "https://tempo.example/t/" + ID + "?o=1";
    assertEquals(there, explain().path("backend").asString(), "others may have kept it");
    long dropped = log.note(fragment(HALF, 20), 7, 1, "default", 0, false, new long[] {1}, 0, 1);
    log.settled(dropped, false, 0, "default");
    assertFalse(explain().has("backend"));
    long kept = log.note(fragment(HALF, 20), 7, 1, "default", 1, false, new long[] {1}, 0, 1);
    log.settled(kept, true, 1, "default");
    assertEquals(there, explain().path("backend").asString());
  }

  /** With the log too short for it, or nothing decided yet. */
  @Test
  void whatIsKnownToBeDroppedOrOnlyWaitsHasNoLinkToTheBackend() {
    for (Whereabouts.Stage stage : Whereabouts.Stage.values()) {
      for (Whereabouts.Remembered remembered : Whereabouts.Remembered.values()) {
        int spans = stage == Whereabouts.Stage.ABSENT ? 0 : 4;
        port.pipeline.whereabouts = new Whereabouts(stage, spans, spans, spans, remembered);
        boolean maybeThere =
            remembered == Whereabouts.Remembered.KEPT
                || (stage == Whereabouts.Stage.ABSENT
                    && remembered == Whereabouts.Remembered.NOTHING);
        assertEquals(maybeThere, explain().has("backend"), stage + ", " + remembered);
      }
    }
  }

  @Test
  void saysWhatTheBudgetSaidAndWhatWouldHaveBeenNeeded() {
    long number = log.note(fragment(HALF, 20), 7, 1, "budget", 1, true, new long[0], 0, 0);
    log.allocated(number, TraceClass.SLOW, 0.125, 4e6, 8e12);
    log.settled(number, false, 0, "budget");
    JsonNode answer = explain();
    JsonNode decision = answer.path("decisions").get(0);
    assertEquals("slow", decision.at("/budget/traceClass").asString());
    assertEquals(4e-6, decision.at("/budget/price").asDouble(), 1e-12);
    assertEquals(8, decision.at("/budget/level").asDouble(), 1e-6);
    assertEquals(0.125, decision.at("/draw/probability").asDouble());
    JsonNode money = answer.path("otherwise").get(0);
    assertEquals("4.00 times the probability", money.path("under").asString());
    assertEquals("kept", money.path("outcome").asString());
    assertTrue(answer.path("verdict").asString().contains("costs about USD 4.00e-06"));
    assertEquals(1, answer.path("otherwise").size(), "no budget is in force that could be twice");
  }

  @Test
  void whatAnotherSidecarKeptCarriesItsProbability() {
    long number = log.note(fragment(HALF, 20), 7, 1, "budget", 1, true, new long[0], 0, 0);
    log.allocated(number, TraceClass.BASE, 0.125, 4e6, 8e12);
    assertEquals("limbo", explain().at("/decisions/0/outcome").asString());
    log.settled(number, true, 0.5, "budget:error");
    JsonNode decision = explain().path("decisions").get(0);
    assertEquals("kept", decision.path("outcome").asString());
    assertEquals(0.125, decision.at("/draw/probability").asDouble());
    assertEquals(0.5, decision.at("/draw/inclusion").asDouble());
    assertEquals("ot=th:8", decision.at("/draw/written").asString());
    assertEquals("[\"default\"]", decision.path("destinations").toString());
  }

  @Test
  void saysWhatAnotherVersionWouldHaveMadeOfIt() {
    putVersion2();
    long number = log.note(fragment(HALF, 2_000), 7, 1, "default", 1, false, new long[1], 0, 1);
    log.settled(number, true, 1, "default");
    assertEquals("unknown", explain().at("/otherwise/0/outcome").asString());

    SpanRing ring = new SpanRing(1 << 20, Duration.ofHours(1));
    FieldWriter span =
        new FieldWriter().id(1, 0xaa, 0xbb).id(2, 7).text(5, "POST /login").fixed64(7, 5);
    FieldWriter scope = new FieldWriter().message(2, span);
    byte[] request = new FieldWriter().message(1, new FieldWriter().message(2, scope)).toBytes();
    ring.record(new Scanner(9).scan(request, 0, request.length), System.currentTimeMillis());
    port.pipeline.recorded = ring;
    JsonNode other = explain().path("otherwise").get(0);
    assertEquals("policy version 2", other.path("under").asString());
    assertEquals("kept", other.path("outcome").asString());
    assertEquals("policy slow logins decides", other.path("why").asString());
    String trial =
        """
        policies:
          - name: trial
            match: {attribute: {key: customer, equals: big}}
            keep: true
            shadow: true
        """;
    put(POLICY.replace("policies:\n", trial));
    JsonNode behindATrial = explain().path("otherwise").get(0);
    assertEquals("policy version 3", behindATrial.path("under").asString());
    assertEquals("kept", behindATrial.path("outcome").asString(), behindATrial::toString);
  }

  @Test
  void saysThatItWaitsThatTheRestIsForgottenAndThatItWasNeverSeen() {
    port.pipeline.whereabouts =
        new Whereabouts(
            Whereabouts.Stage.WAITING, 4, 900, 2_500_000_000L, Whereabouts.Remembered.NOTHING);
    JsonNode waits = explain();
    assertEquals("waiting", waits.path("state").asString());
    assertEquals(2.5, waits.at("/held/seconds").asDouble());
    port.pipeline.whereabouts =
        new Whereabouts(Whereabouts.Stage.ABSENT, 0, 0, 0, Whereabouts.Remembered.DROPPED);
    assertEquals("remembered", explain().path("state").asString());
    port.pipeline.whereabouts = Whereabouts.NOWHERE;
    JsonNode never = explain();
    assertEquals("unknown", never.path("state").asString());
    assertEquals(5, never.path("reasons").size());
    port.pipeline.decisions = null;
    assertTrue(explain().path("reasons").toString().contains("explain.bytesMax is 0"));
  }

  @Test
  void whatIsNoTraceIdIsRefusedWithWords() {
    WebTestClient.ResponseSpec answer =
        port.client().get().uri("/api/v1/traces/abc/explain").exchange();
    answer.expectStatus().isBadRequest();
    answer.expectHeader().contentType(MediaType.APPLICATION_PROBLEM_JSON);
    answer.expectBody().jsonPath("$.detail").value(d -> assertTrue(d.toString().contains("32")));
  }

  @Test
  void listsTheLastDecisionsPageByPageAndByWhatTheyAre() {
    for (int i = 0; i < 25; i++) {
      long number = log.note(fragment(i, 20), i % 2, 1, "p", 0.5, false, new long[0], 0, 0);
      log.settled(number, i % 5 == 0, 1, i % 5 == 0 ? "p" : "q");
    }
    List<Long> seen = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    while (cursor != null) {
      JsonNode page = get("/api/v1/decisions?limit=10" + cursor);
      assertEquals(List.of(), OpenApi.get().mismatches("DecisionPage", page));
      page.path("decisions").forEach(row -> seen.add(row.path("spans").asLong()));
      cursor = page.has("next") ? "&cursor=" + page.path("next").asString() : null;
      pages++;
    }
    assertEquals(25, seen.size());
    assertEquals(3, pages);
    assertEquals(5, get("/api/v1/decisions?outcome=kept").path("decisions").size());
    assertEquals(20, get("/api/v1/decisions?reason=q").path("decisions").size());
    assertEquals(12, get("/api/v1/decisions?operation=operation 1").path("decisions").size());
    assertEquals(0, get("/api/v1/decisions?service=other").path("decisions").size());
  }

  @Test
  void aFilterThatMeansNothingIsRefused() {
    for (String query : List.of("outcome=lost", "limit=0", "limit=1001", "cursor=!")) {
      port.client()
          .get()
          .uri("/api/v1/decisions?" + query)
          .exchange()
          .expectStatus()
          .isEqualTo(422);
    }
    port.pipeline.decisions = null;
    port.client().get().uri("/api/v1/decisions").exchange().expectStatus().isEqualTo(409);
  }
}
