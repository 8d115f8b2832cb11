package dev.spanthrift.agent.control.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.pipeline.FleetStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The body; that it tells the truth of a real fleet is FleetIT's. */
class FleetApiTest {
  private final AdminPort port = AdminPort.startReadOnly();

  @AfterEach
  void stop() {
    port.close();
  }

  private static FleetStatus status(boolean away, @Nullable Double torn, String disagreement) {
    return new FleetStatus(
        "default",
        "one",
        "Redis 7.0.15, standalone",
        away,
        away ? 3 : 0,
        away ? "gone" : "",
        2,
        true,
        1.5,
        9,
        new FleetStatus.EngineTraffic(10, 11, 12, 13, 14, 15, 1),
        Map.of("timeout", 2L),
        new FleetStatus.Wholeness(torn == null ? 0 : 4, 1, torn, away ? torn : 0., 5, 2),
        disagreement);
  }

  private static FleetStatus.Member member(String pod, String policy) {
    return new FleetStatus.Member(
        pod, 5, "1.2", policy, "q", .5, 100, 9_000, 4_000, 2e-6, 150L << 20, null);
  }

  private JsonNode fleet() {
    byte[] body =
        port.client()
            .get()
            .uri("/api/v1/fleet")
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .returnResult()
            .getResponseBody();
    return JsonMapper.shared().readTree(body);
  }

  @Test
  void withoutAFleetThereIsNone() {
    JsonNode fleet = fleet();
    assertFalse(fleet.path("configured").asBoolean());
    assertFalse(fleet.has("here"));
    assertEquals(0, fleet.path("members").size());
  }

  @Test
  void membersAreAddedUpAndTheirDifferencesNamed() {
    port.pipeline.fleet = status(false, null, "");
    port.pipeline.members =
        CompletableFuture.completedFuture(List.of(member("one", "p"), member("other", "r")));
    port.pipeline.edges =
        CompletableFuture.completedFuture(List.of(new FleetStatus.Edge("a", "b", 3, 1, .75)));
    JsonNode fleet = fleet();
    assertEquals(.75, fleet.at("/edges/0/wholeShare").asDouble());
    assertEquals(2, fleet.at("/total/pods").asInt());
    assertEquals(200, fleet.at("/total/spans").asLong());
    assertEquals(18_000, fleet.at("/total/bytes").asLong());
    assertEquals(8_000, fleet.at("/total/kept").asLong());
    assertEquals(4e-6, fleet.at("/total/spent").asDouble(), 1e-15);
    assertTrue(fleet.path("disagreement").asString().contains("other by policies r"));
    assertTrue(fleet.at("/here/wholeness/tornWithoutEngine").isNull());
    assertFalse(fleet.has("membersUnknown"));
  }

  @Test
  void withoutTheEngineItSaysWhyNobodyIsListedAndWhatIsTorn() {
    port.pipeline.fleet = status(true, .25, "two of them");
    CompletableFuture<List<FleetStatus.Member>> gone =
        CompletableFuture.failedFuture(new IllegalStateException("the engine is gone"));
    port.pipeline.members = gone.thenApply(members -> members); // wrapped, as in the product
    JsonNode fleet = fleet();
    assertEquals("the engine is gone", fleet.path("membersUnknown").asString());
    assertEquals("two of them", fleet.path("disagreement").asString());
    assertFalse(fleet.has("total"));
    assertEquals(.25, fleet.at("/here/wholeness/tornNow").asDouble());
    assertEquals(3, fleet.at("/here/awaySeconds").asInt());
  }

  @Test
  void theSameStandsInTheMetrics() {
    port.pipeline.fleet = status(true, .25, "two of them");
    String text =
        port.client()
            .get()
            .uri("/actuator/prometheus")
            .exchange()
            .expectBody(String.class)
            .returnResult()
            .getResponseBody();
    for (String line :
        List.of(
            "spanthrift_fleet_away 1",
            "spanthrift_fleet_divided 1",
            "spanthrift_fleet_pods 2",
            "spanthrift_fleet_torn{when=\"now\"} 0.25",
            "spanthrift_fleet_torn{when=\"without_engine\"} 0.25",
            "spanthrift_fleet_untold_total{outcome=\"kept_for_later\"} 3",
            "spanthrift_fleet_untold_total{outcome=\"never_told\"} 2",
            "spanthrift_fleet_errors_total{kind=\"timeout\"} 2")) {
      assertTrue(text.contains(line), line);
    }
  }
}
