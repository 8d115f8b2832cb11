package dev.spanthrift.agent.control.recommendation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.control.job.RingQuestions;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.HeapRoom;
import dev.spanthrift.agent.simulation.MadeTraffic;
import dev.spanthrift.sampler.estimate.Interval;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

class RecommendationApiTest {
  private static final String PATH = "/api/v1/recommendations";

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

  private static JsonNode json(WebTestClient.ResponseSpec answer) {
    return answer.expectStatus().isOk().expectBody(JsonNode.class).returnResult().getResponseBody();
  }

  private JsonNode page() {
    return json(port.client().get().uri(PATH).exchange());
  }

  private static @Nullable JsonNode of(JsonNode page, String verb) {
    for (JsonNode one : page.path("recommendations")) {
      if (one.path("verb").asString().equals(verb)) {
        return one;
      }
    }
    return null;
  }

  @Test
  void whatIsNotRecordedCannotBeWeighed() {
    port.client().get().uri(PATH).exchange().expectStatus().isEqualTo(409);
  }

  @Test
  void errorsThatNoRuleKeepsAreToBeKept() {
    record();
    put("default: {probability: 0.2}");
    JsonNode page = page();
    assertEquals(List.of(), OpenApi.get().mismatches("RecommendationPage", page));
    JsonNode add = of(page, "add");
    assertNotNull(add);
    assertTrue(add.at("/effect/errorTracesLost").asLong() < 0, "more errors are kept");
    assertTrue(add.at("/effect/spendPerMonth").asDouble() > 0, "and cost something");
    assertEquals("low", add.path("confidence").asString(), "a few seconds of traffic");

    String one = PATH + "/" + add.path("id").asString();
    port.client().post().uri(one + ":apply").exchange().expectStatus().isUnauthorized();
    JsonNode draft = json(port.writer().post().uri(one + ":apply").exchange());
    assertEquals(List.of(), OpenApi.get().mismatches("RecommendationDraft", draft));
    assertEquals(port.etag(), draft.path("etag").asString());
    assertEquals(0, port.store.current().set().document().policies().size(), "a draft only");
    port.writer()
        .put()
        .uri("/api/v1/policy")
        .header("If-Match", draft.path("etag").asString())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(draft.path("policy").toString())
        .exchange()
        .expectStatus()
        .isOk();
    assertEquals("errors", port.store.current().set().document().policies().getFirst().name());
    JsonNode after = page();
    assertEquals(null, of(after, "add"));
    JsonNode keep = of(after, "keep");
    assertNotNull(keep, after.toString());
    assertTrue(keep.at("/effect/errorTracesLost").asLong() > 0, "without it errors are lost");
    port.client().get().uri(one).exchange().expectStatus().isNotFound();
  }

  @Test
  void whatTakesTheMoneyAndRarelyFailsIsThinned() {
    record();
    put(
        """
        policies: [{name: errors, match: {status: ERROR}, keep: true}]
        default: {keep: true}
        """);
    Interval about = new Interval(1_000, 1.0, 998.0, 1_002.0);
    port.pipeline.kept =
        List.of(
            new KeptOperation(
                "cart", "op a", 1_000, 1, 500_000, 1, about, about, about, about, about));
    JsonNode add = of(page(), "add");
    assertNotNull(add);
    assertEquals(0.25, add.at("/rule/probability").asDouble());
    assertEquals("fewer-op-a", add.at("/rule/name").asString());
    assertEquals(1, add.path("place").asInt(), "behind the errors");
    JsonNode draft =
        json(
            port.writer().post().uri(PATH + "/" + add.path("id").asString() + ":apply").exchange());
    put(draft.path("policy").toString());
  }

  @Test
  void aProbabilityThatKeepsMuchIsLowered() {
    record();
    put(
        """
        policies:
          - {name: errors, match: {status: ERROR}, keep: true}
          - {name: trial, match: {service: cart}, probability: 0.8}
        default: {probability: 0.1}
        """);
    // The second of the fake's counts is that of the second rule.
    JsonNode page = page();
    JsonNode update = of(page, "update");
    assertNotNull(update, page.toString());
    assertEquals(0.2, update.at("/rule/probability").asDouble(), 1e-9);
    assertTrue(update.at("/effect/spendPerMonth").asDouble() < 0, update.toString());
  }

  /** Whoever waited would hold a place that others are answered in. */
  @Test
  void whoAsksWhileTheyAreWeighedIsToldSo() throws Exception {
    record();
    CountDownLatch weighing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    PipelineView slow =
        (PipelineView)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {PipelineView.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("recorded")) {
                    weighing.countDown();
                    go.await();
                  }
                  return method.invoke(port.pipeline, arguments);
                });
    Recommender recommender =
        new Recommender(
            slow, port.store, new RingQuestions(slow, port.money, new HeapRoom()), null, () -> 0);
    FutureTask<Recommendation.Page> first = new FutureTask<>(recommender::page);
    Thread.ofVirtual().start(first);
    assertTrue(weighing.await(60, TimeUnit.SECONDS));
    ProblemException busy = assertThrows(ProblemException.class, recommender::page);
    assertEquals(ProblemType.BUSY, busy.type());
    go.countDown();
    assertFalse(first.get(60, TimeUnit.SECONDS).recommendations().isEmpty());
    assertFalse(recommender.page().recommendations().isEmpty());
  }

  @Test
  void dismissedStaysDismissed() throws Exception {
    record();
    put("default: {probability: 0.2}");
    JsonNode add = of(page(), "add");
    assertNotNull(add);
    String one = PATH + "/" + add.path("id").asString();
    json(port.writer().post().uri(one + ":dismiss?dryRun=true").exchange());
    assertEquals("open", json(port.client().get().uri(one).exchange()).path("state").asString());
    json(
        port.writer().post().uri(one + ":dismiss").header("X-Reason", "costs too much").exchange());
    JsonNode again = json(port.client().get().uri(one).exchange());
    assertEquals("dismissed", again.path("state").asString());
    JsonNode noted = json(port.client().get().uri("/api/v1/audit?limit=1").exchange());
    assertEquals("recommendation.dismiss", noted.at("/entries/0/action").asString());
    assertEquals("costs too much", noted.at("/entries/0/reason").asString());
    assertEquals(List.of(), OpenApi.get().mismatches("Recommendation", again));
    assertFalse(page().path("recommendations").isEmpty());

    port.close();
    port = AdminPort.startWithRealPolicies(directory);
    record();
    JsonNode later = json(port.client().get().uri(one).exchange());
    assertEquals("dismissed", later.path("state").asString(), "of the next process, too");
  }

  @Test
  void dismissalsAreBoundedAndTheLastGoodOnesAreFound() throws Exception {
    Dismissals first = new Dismissals(directory);
    for (int i = 0; i <= Dismissals.MAX; i++) {
      first.add("r" + i);
    }
    assertFalse(first.contains("r0"));
    assertTrue(new Dismissals(directory).contains("r" + Dismissals.MAX));
    Files.writeString(directory.resolve(Dismissals.NAME), "[]");
    Dismissals second = new Dismissals(directory);
    assertTrue(second.contains("r" + (Dismissals.MAX - 1)), "the ones before");
    assertFalse(second.contains("r" + Dismissals.MAX));
    second.add("x");
    assertTrue(new Dismissals(directory).contains("r" + (Dismissals.MAX - 1)));
  }
}
