package dev.spanthrift.agent.control.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.FakePipeline;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.pipeline.MadeStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.MadeTraffic;
import dev.spanthrift.sampler.wire.Scanner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusApiTest {
  @TempDir static Path directory;
  private static AdminPort port;

  @BeforeAll
  static void start() throws Exception {
    port = AdminPort.start(directory);
  }

  @AfterAll
  static void stop() {
    port.close();
  }

  @BeforeEach
  void calm() {
    port.pipeline.phase = PipelineView.Phase.READY;
    port.pipeline.status = FakePipeline.status(1_000, Map.of("error", 60L, "probability", 40L));
  }

  private static String get(String path) {
    return port.client()
        .get()
        .uri(path)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(String.class)
        .returnResult()
        .getResponseBody();
  }

  private static JsonNode json(String path) {
    return JsonMapper.shared().readTree(get(path));
  }

  @Test
  void portThatIsFullIsSaidByReadinessStatusAndMetrics() {
    try {
      port.pipeline.ports = List.of(FakePipeline.port(4));
      port.client()
          .get()
          .uri("/readyz")
          .exchange()
          .expectStatus()
          .isEqualTo(503)
          .expectBody(String.class)
          .value(body -> assertTrue(body.contains("full: 4 connections are open"), body));
      port.client().get().uri("/healthz").exchange().expectStatus().isOk();
      JsonNode shown = json("/api/v1/status").at("/ports/0");
      assertEquals(4, shown.at("/open").asInt());
      assertEquals(1, shown.at("/refused/table_full").asInt());
      assertEquals(2, shown.at("/strays/http1_on_grpc").asInt());
      String metrics = get("/actuator/prometheus");
      for (String line :
          List.of(
              "spanthrift_connections{port=\"grpc\"} 4.0",
              "spanthrift_connections_limit{port=\"grpc\"} 4.0",
              "spanthrift_connections_refused_total{port=\"grpc\",reason=\"table_full\"} 1.0",
              "spanthrift_strays_total{kind=\"http1_on_grpc\",port=\"grpc\"} 2.0",
              "spanthrift_requests_offered_total{signal=\"traces\"} 55.0",
              "spanthrift_requests_under_way{signal=\"traces\"} 0.0")) {
        assertTrue(metrics.contains(line), () -> line + metrics);
      }
      port.pipeline.ports = List.of(FakePipeline.port(3));
      get("/readyz");
    } finally {
      port.pipeline.ports = List.of(FakePipeline.port(3));
    }
  }

  @Test
  void s8_countsWhatIsRecordedForWhatIf() {
    assertTrue(json("/api/v1/status").at("/recording").isMissingNode(), "recording is off");
    SpanRing ring = new SpanRing(1 << 20, Duration.ofHours(1));
    byte[] request = MadeTraffic.single("x").toByteArray();
    ring.record(new Scanner(10).scan(request, 0, request.length), System.currentTimeMillis());
    port.pipeline.recorded = ring;
    try {
      JsonNode recording = json("/api/v1/status").at("/recording");
      assertEquals(1, recording.at("/recorded").asInt());
      assertEquals(1, recording.at("/held").asInt());
      assertEquals(0, recording.at("/overwritten").asInt());
    } finally {
      port.pipeline.recorded = null;
    }
  }

  @Test
  void answersWhatTheDescriptionSays() {
    for (String path : List.of("status", "spend", "kill-switch")) {
      String name =
          path.equals("kill-switch")
              ? "KillSwitch"
              : path.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + path.substring(1);
      assertEquals(List.of(), OpenApi.get().mismatches(name, json("/api/v1/" + path)), path);
    }
  }

  @Test
  void tellsTheFateOfEverySpan() {
    JsonNode status = json("/api/v1/status");
    assertEquals(60, status.at("/spans/keptByReason/error").asInt());
    assertEquals(800, status.at("/spans/droppedByReason/probability").asInt());
    assertEquals(5, status.at("/signals/traces/refused/OVERLOADED").asInt());
    assertEquals(7_000, status.at("/held/scratchBytes").asInt());
    assertEquals(3_000, status.at("/destinations/0/queuedBytes").asInt());
    assertEquals(90, status.at("/destinations/0/signals/traces/shipped").asInt());
    assertTrue(status.at("/identities/0/holds").asBoolean());
    assertEquals("ready", status.path("phase").asString());
    assertTrue(status.at("/policy/configured").asBoolean());
  }

  @Test
  void s6_tellsWhatAPolicyInShadowWouldHaveDone() {
    JsonNode trial = json("/api/v1/status").at("/policies/0");
    assertEquals("trial", trial.path("name").asString());
    assertTrue(trial.path("shadow").asBoolean());
    assertEquals(40, trial.at("/less/spans").asInt());
    assertEquals(0, trial.at("/more/spans").asInt());
  }

  @Test
  void derivesRatesFromTwoReadings() {
    FakePipeline pipeline = new FakePipeline();
    StatusHistory history = new StatusHistory(pipeline::status);
    assertEquals(0, history.rates().windowSeconds());
    for (int second = 0; second <= 200; second++) {
      var s = FakePipeline.status(1_000 + 700L * second, Map.of("error", 7L * second));
      pipeline.status =
          MadeStatus.status(
              0,
              1_000L * second,
              s.signals(),
              s.spans(),
              s.shipping(),
              s.destinations(),
              s.identities());
      history.note(pipeline.status);
    }
    assertEquals(10, history.rates().windowSeconds());
    assertEquals(700, history.rates().receivedSpansPerSecond());
    assertEquals(7, history.rates().keptSpansPerSecond());
    assertEquals(120, history.curve().received().size(), "bounded");
    assertEquals(693.0, history.curve().dropped().getLast());
  }

  @Test
  void aClockThatIsSetBackMakesNoRatesOverNoTime() {
    FakePipeline pipeline = new FakePipeline();
    StatusHistory history = new StatusHistory(pipeline::status);
    for (int second = 0; second <= 30; second++) {
      var s = FakePipeline.status(1_000 + 700L * second, Map.of("error", 7L * second));
      long now = 10_000_000 + 1_000L * second - (second > 20 ? 3_600_000 : 0);
      pipeline.status =
          MadeStatus.status(
              0, now, s.signals(), s.spans(), s.shipping(), List.of(), s.identities());
      history.note(pipeline.status);
      if (second > 0) {
        assertEquals(700, history.rates().receivedSpansPerSecond(), 1e-9, "second " + second);
        assertEquals(7, history.rates().keptSpansPerSecond(), 1e-9, "second " + second);
      }
    }
  }

  @Test
  void aHistoryThatRestedShowsWhatOneThatReadShows() {
    FakePipeline pipeline = new FakePipeline();
    StatusHistory reads = new StatusHistory(pipeline::status);
    StatusHistory rests = new StatusHistory(pipeline::status);
    boolean moves = true;
    PipelineStatus last = null;
    for (int second = 0; second <= 300; second++) {
      boolean silent = second % 100 >= 20;
      int busy = second / 100 * 20 + Math.min(20, second % 100);
      var s = FakePipeline.status(1_000 + 700L * busy, Map.of("error", 7L * busy));
      pipeline.status =
          MadeStatus.status(
              0, 1_000L * second, s.signals(), s.spans(), s.shipping(), List.of(), s.identities());
      reads.note(pipeline.status);
      if (moves || !silent) {
        rests.note(pipeline.status);
        moves = last == null || pipeline.status.moves(last);
        last = pipeline.status;
      }
      assertEquals(reads.curve(), rests.curve(), "second " + second);
      assertEquals(reads.rates(), rests.rates(), "second " + second);
    }
    assertFalse(moves && pipeline.status.spans().held().spans() == 0);
  }

  @Test
  void pricesWhatWasKeptAndDropped() {
    port.pipeline.status = FakePipeline.status(4_000_100, Map.of("error", 1_000_000L));
    port.money.tick();
    JsonNode spend = json("/api/v1/spend");
    assertEquals("USD", spend.path("currency").asString());
    assertEquals(0.25, spend.path("spent").asDouble(), 1e-9, "0.5 GB at 0.5 USD");
    double ownCost = spend.path("ownCost").asDouble();
    assertTrue(ownCost > 0 && ownCost < .1, () -> "" + ownCost);
    assertEquals(0.75, spend.path("saved").asDouble() + ownCost, 1e-9);
    assertTrue(spend.path("budget").isMissingNode());
    assertEquals("flat", spend.path("model").asString());
    assertEquals("month", spend.at("/budgets/0/period/name").asString());
    assertTrue(spend.at("/budgets/0/noForecast").asString().contains("0 of 8 stretches"));
  }

  @Test
  void saysWhoseMoneyItIsAndWhatElseCouldBeAskedFor() {
    assertEquals("sidecar", json("/api/v1/spend").path("scope").asString());
    assertEquals("sidecar", json("/api/v1/spend?scope=sidecar").path("scope").asString());
    refusesScope("fleet", "scope=sidecar; a fleet shares it");
    refusesScope("pod", "scope=fleet or scope=sidecar");
  }

  private void refusesScope(String scope, String suggestion) {
    port.client()
        .get()
        .uri("/api/v1/spend?scope=" + scope)
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT)
        .expectBody()
        .jsonPath("$.errors[0].pointer")
        .isEqualTo("/scope")
        .jsonPath("$.errors[0].suggestion")
        .value(String.class, text -> assertTrue(text.startsWith(suggestion), text));
  }

  @Test
  void isAliveAlwaysButReadyOnlyInBetween() {
    for (PipelineView.Phase phase : PipelineView.Phase.values()) {
      port.pipeline.phase = phase;
      boolean ready = phase == PipelineView.Phase.READY;
      HttpStatus expected = ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE;
      port.client().get().uri("/healthz").exchange().expectStatus().isOk();
      port.client().get().uri("/readyz").exchange().expectStatus().isEqualTo(expected);
      port.client().get().uri("/actuator/health").exchange().expectStatus().isEqualTo(expected);
    }
  }

  @Test
  void offersTheSameFiguresToPrometheus() {
    String text = get("/actuator/prometheus");
    for (String line :
        List.of(
            "spanthrift_spans_total{decision=\"keep\",reason=\"error\"} 60.0",
            "spanthrift_spans_total{decision=\"drop\",reason=\"probability\"} 800.0",
            "spanthrift_requests_total{outcome=\"received\",signal=\"traces\"} 50.0",
            "spanthrift_requests_total{outcome=\"refused_overloaded\",signal=\"traces\"} 5.0",
            "spanthrift_requests_let_go_total{signal=\"logs\"} 3.0",
            "spanthrift_received_bytes_total{signal=\"logs\"} 7000.0",
            "spanthrift_held_size_bytes 50000.0",
            "spanthrift_scratch_size_bytes 7000.0",
            "spanthrift_queue_size_bytes{destination=\"default\"} 3000.0",
            "spanthrift_identity_gap{law=\"received = held + kept + dropped\"} 0.0",
            "spanthrift_operation_errors_total{operation=\"GET /\",service=\"cart\"} 2.0",
            "spanthrift_operation_duration_seconds_bucket{operation=\"GET"
                + " /\",service=\"cart\",le=\"0.067108864\"} 1",
            "spanthrift_operation_duration_seconds_bucket{operation=\"GET"
                + " /\",service=\"cart\",le=\"0.268435456\"} 5",
            "spanthrift_operation_duration_seconds_count{operation=\"GET /\",service=\"cart\"} 5",
            "spanthrift_operation_duration_seconds_sum{operation=\"GET /\",service=\"cart\"} 9.0",
            "jvm_memory_used_bytes")) {
      assertTrue(text.contains(line), () -> line + " in\n" + text);
    }
  }

  @Test
  void speaksOpenMetricsToWhomeverAsks() {
    String text =
        port.client()
            .get()
            .uri("/actuator/prometheus")
            .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
            .exchange()
            .expectHeader()
            .valueMatches("Content-Type", "application/openmetrics-text.*")
            .expectBody(String.class)
            .returnResult()
            .getResponseBody();
    assertTrue(text.endsWith("# EOF\n"), text);
  }

  @Test
  void givesANewReasonItsOwnSeriesInTheSameScrape() {
    port.pipeline.status = FakePipeline.status(2_000, Map.of("error", 60L, "new path", 5L));
    assertTrue(
        get("/actuator/prometheus")
            .contains("spanthrift_spans_total{decision=\"keep\",reason=\"new path\"} 5.0"));
  }

  @Test
  void tellsPrometheusOfMoneySwitchPolicyAndBuild() {
    String text = get("/actuator/prometheus");
    for (String line :
        List.of(
            "spanthrift_budget_spent{budget=\"",
            "spanthrift_budget_saved{budget=\"",
            "spanthrift_budget_own_cost{budget=\"",
            "spanthrift_price_per_gigabyte{currency=\"USD\",model=\"flat\"} 0.5",
            "spanthrift_kill_switch{mode=\"off\"} 1.0",
            "spanthrift_kill_switch{mode=\"bypass\"} 0.0",
            "spanthrift_policy_version 1.0",
            "spanthrift_policy_configured 1.0",
            "spanthrift_build_info{java=\"" + Runtime.version() + "\",version=\"",
            "spanthrift_admin_connections ")) {
      assertTrue(text.contains(line), () -> line + " in\n" + text);
    }
  }

  @Test
  void keepsNoOtherActuatorEndpointOpen() {
    for (String name : List.of("", "/env", "/heapdump", "/shutdown", "/loggers", "/beans")) {
      port.client().get().uri("/actuator" + name).exchange().expectStatus().isNotFound();
    }
  }

  @Test
  void showsWhatTheBooksHandOnOnceASecond() {
    for (int second = 0; second < 3; second++) {
      port.second();
    }
    assertTrue(json("/api/v1/status").at("/history/received").size() >= 2);
  }
}
