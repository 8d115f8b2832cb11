package dev.spanthrift.agent.control.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.FakePipeline;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.sampler.estimate.Interval;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OperationApiTest {
  private AdminPort port;

  @BeforeEach
  void start() {
    port = AdminPort.startWithRealPolicies();
    port.pipeline.measured =
        List.of(
            measured("cart", "GET /cart", 1_000, 10),
            measured("cart", "POST /cart", 100, 50),
            measured("shop", "GET /", 5_000, 0));
    Interval about = new Interval(990, 12.0, 966.5, 1_013.5);
    port.pipeline.kept =
        List.of(
            new KeptOperation(
                "cart", "GET /cart", 110, 10, 55_000, 0.1, about, about, about, about, about));
  }

  @AfterEach
  void stop() {
    port.close();
  }

  private static MeasuredOperation measured(String service, String name, long spans, long errors) {
    long[] buckets = {spans - 1, 1};
    return new MeasuredOperation(service, name, spans, errors, spans * 500, 1e9, 0, 80, buckets);
  }

  private JsonNode get(String query) {
    return port.client()
        .get()
        .uri("/api/v1/operations" + query)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(JsonNode.class)
        .returnResult()
        .getResponseBody();
  }

  private static List<String> names(JsonNode page) {
    List<String> names = new ArrayList<>();
    page.path("operations").forEach(row -> names.add(row.path("operation").asString()));
    return names;
  }

  @Test
  void showsAllAgainstKept() {
    JsonNode page = get("");
    assertEquals(List.of(), OpenApi.get().mismatches("OperationPage", page));
    JsonNode cart = page.path("operations").get(0);
    assertEquals("GET /cart", cart.path("operation").asString(), "what is paid comes first");
    assertEquals(0.11, cart.path("keptShare").asDouble(), 1e-9);
    assertEquals(0.01, cart.at("/all/errorRate").asDouble(), 1e-9);
    assertEquals(500_000 * 0.5 / 1e9, cart.at("/all/money").asDouble(), 1e-12);
    assertEquals(55_000 * 0.5 / 1e9, cart.at("/kept/money").asDouble(), 1e-12);
    assertEquals(990, cart.at("/estimate/spans/estimate").asDouble());
    assertEquals(990e-9, cart.at("/estimate/p95/estimate").asDouble(), 1e-15);
    assertEquals(0.1, cart.path("floor").asDouble());
    assertTrue(cart.at("/all/p95").asDouble() > 0);
    JsonNode other = page.path("operations").get(1);
    assertFalse(other.has("floor"));
    assertEquals(0, other.at("/kept/spans").asLong());
  }

  @Test
  void sortsFiltersAndGoesPageByPage() {
    assertEquals(List.of("GET /", "GET /cart", "POST /cart"), names(get("?sort=spans")));
    assertEquals(List.of("POST /cart", "GET /cart", "GET /"), names(get("?sort=errorRate")));
    assertEquals(List.of("GET /cart", "POST /cart"), names(get("?sort=operation&service=cart")));
    assertEquals(List.of("POST /cart"), names(get("?operation=POST")));
    JsonNode first = get("?sort=spans&limit=2");
    assertEquals(2, first.path("operations").size());
    assertEquals(3, first.path("total").asInt());
    JsonNode second = get("?sort=spans&limit=2&cursor=" + first.path("next").asString());
    assertEquals(List.of("POST /cart"), names(second));
    assertFalse(second.has("next"));
    for (String wrong :
        List.of("?sort=colour", "?limit=0", "?cursor=%23", "?cursor=3w5e11264sgsf")) {
      port.client()
          .get()
          .uri(java.net.URI.create(port.url() + "/api/v1/operations" + wrong))
          .exchange()
          .expectStatus()
          .isEqualTo(422);
    }
  }

  @Test
  void ratesOfLateAreKnownAfterAMinute() {
    long[] clock = {1_000_000};
    long came = 1_000;
    OperationHistory history = new OperationHistory(port.pipeline, () -> clock[0]);
    List<OperationHistory.Minute> told = new ArrayList<>();
    history.each(told::add);
    history.look(FakePipeline.status(came++, Map.of()).spans());
    assertEquals(List.of(), told);
    clock[0] += 59_999;
    history.look(FakePipeline.status(came++, Map.of()).spans());
    assertEquals(List.of(), told);
    clock[0] += 1;
    port.pipeline.measured = List.of(measured("cart", "GET /cart", 1_600, 10));
    history.look(FakePipeline.status(came++, Map.of()).spans());
    assertEquals(1, told.size());
    OperationTable table =
        new OperationTable(
            history.now(), history.minuteAgo(), port.money.price(), clock[0] - 100_000);
    assertEquals(10, table.rows().getFirst().all().perSecondLately(), 1e-9);
    clock[0] += 600_000;
    assertEquals(null, history.minuteAgo(), "nobody has read since: nothing moved");
  }

  @Test
  void theLastHourIsToldByMinutes() {
    JsonNode none = get("/history");
    assertEquals(List.of(), OpenApi.get().mismatches("OperationHistory", none));
    assertEquals(0, none.path("at").size());
    long[] clock = {1_000_000};
    OperationHistory history = new OperationHistory(port.pipeline, () -> clock[0]);
    for (int minute = 0; minute <= 100; minute++) {
      List<MeasuredOperation> seen = new ArrayList<>();
      for (int operation = 1; operation <= 80; operation++) {
        seen.add(measured("shop", "op-" + operation, 60L * operation * (minute + 1), 0));
      }
      port.pipeline.measured = seen;
      history.look(FakePipeline.status(1_000 + minute, Map.of()).spans());
      clock[0] += OperationHistory.MINUTE.toMillis();
    }
    OperationMinutes.Minutes hour = history.minutes().minutes();
    assertEquals(OperationMinutes.MINUTES, hour.at().size());
    assertEquals(OperationMinutes.OPERATIONS, hour.operations().size());
    OperationMinutes.Row most = hour.operations().getFirst();
    assertEquals("op-80", most.operation());
    assertEquals(OperationMinutes.MINUTES, most.seen().size());
    assertTrue(most.seen().stream().allMatch(rate -> rate == 80), most.seen()::toString);
    assertTrue(most.kept().stream().allMatch(rate -> rate == 0), most.kept()::toString);
  }

  @Test
  void whatComesForTheFirstTimeIsMarkedAndStaysSo() {
    long[] clock = {1_000_000};
    OperationHistory history = new OperationHistory(port.pipeline, () -> clock[0]);
    for (int minute = 0; minute <= 4; minute++) {
      MeasuredOperation old = measured("shop", "old", 60L * (minute + 1), 0);
      MeasuredOperation fresh = measured("shop", "fresh", 60L * Math.max(1, minute - 2), 0);
      port.pipeline.measured = minute < 3 ? List.of(old) : List.of(old, fresh);
      history.look(FakePipeline.status(1_000 + minute, Map.of()).spans());
      clock[0] += OperationHistory.MINUTE.toMillis();
    }
    Map<String, Optional<Instant>> came = new HashMap<>();
    for (OperationMinutes.Row row : history.minutes().minutes().operations()) {
      came.put(row.operation(), Optional.ofNullable(row.firstSeen()));
    }
    Instant third = Instant.ofEpochMilli(1_000_000 + 3 * OperationHistory.MINUTE.toMillis());
    assertEquals(Map.of("old", Optional.empty(), "fresh", Optional.of(third)), came);
  }

  @Test
  void whatIsNewIsMarkedThoughItHadToGrowFirst() {
    long[] clock = {1_000_000};
    OperationHistory history = new OperationHistory(port.pipeline, () -> clock[0]);
    for (int minute = 0; minute <= 9; minute++) {
      List<MeasuredOperation> seen = new ArrayList<>();
      for (int operation = 1; operation <= 80; operation++) {
        seen.add(measured("shop", "op-" + operation, 600L * (minute + 1), 0));
      }
      if (minute >= 3) {
        seen.add(measured("shop", "fresh", minute < 6 ? 2L + minute : 100_000L * minute, 0));
      }
      port.pipeline.measured = seen;
      history.look(FakePipeline.status(1_000 + minute, Map.of()).spans());
      clock[0] += OperationHistory.MINUTE.toMillis();
    }
    OperationMinutes.Row most = history.minutes().minutes().operations().getFirst();
    assertEquals("fresh", most.operation());
    assertEquals(
        Instant.ofEpochMilli(1_000_000 + 3 * OperationHistory.MINUTE.toMillis()), most.firstSeen());
  }

  @Test
  void aHistoryByAnotherWindowKeepsNoMinutesThatNobodyReads() {
    long[] clock = {1_000_000};
    OperationHistory history =
        OperationHistory.byWindow(port.pipeline, () -> clock[0], Duration.ofSeconds(1));
    List<OperationHistory.Minute> told = new ArrayList<>();
    history.each(told::add);
    for (int second = 0; second <= 5; second++) {
      port.pipeline.measured = List.of(measured("shop", "GET /", 60L * (second + 1), 0));
      history.look(FakePipeline.status(1_000 + second, Map.of()).spans());
      clock[0] += 1_000;
    }
    assertEquals(5, told.size());
    assertEquals(List.of(), history.minutes().minutes().at());
  }
}
