package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.fleet.RedisServer;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Three sidecars and a real engine: a recording, split by pod, whose traces arrive whole although
 * no sidecar sees more than a part of them.
 */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FleetIT {
  private static final int SIDECARS = 3;
  private static final int ASK_AFTER = 4;
  private static final Path RECORDED = Path.of("src", "test", "resources", "recorded");

  @TempDir static Path temp;
  private static RedisServer engine;
  private static OtlpBackend backend;
  private static final List<Program> programs = new ArrayList<>();
  private static final List<Sender> senders = new ArrayList<>();
  private static final Map<ByteString, List<Span>> sent = new HashMap<>();
  private static final Map<ByteString, Set<Integer>> seenBy = new HashMap<>();
  private static final Map<ByteString, List<Span>> arrived = new HashMap<>();
  private static final long[] received = new long[SIDECARS];
  private static List<JsonNode> statuses;

  @BeforeAll
  static void sendAll() throws Exception {
    engine = RedisServer.start(temp.resolve("engine"));
    backend = new GrpcBackend();
    for (int i = 0; i < SIDECARS; i++) {
      programs.add(sidecar(i));
      senders.add(new Sender(programs.get(i).ports()));
    }
    for (String set : List.of("trainticket", "hotelreservation")) {
      for (ExportTraceServiceRequest request :
          Excerpt.read(RECORDED.resolve(set).resolve("traces.otlp.zst"))) {
        send(request);
      }
    }
    statuses = new ArrayList<>();
    for (int i = 0; i < SIDECARS; i++) {
      statuses.add(programs.get(i).awaitSettled(received[i]));
    }
    add(arrived, backend.spans());
  }

  private static Program sidecar(int number) {
    return new Launch(temp.resolve("sidecar-" + number))
        .to(backend)
        .yaml(
            """
            policies:
              - {name: errors, match: {hasError: true}, keep: true}
            defaultProbability: 0.1
            hold: {pause: 500ms, deadline: 1s}
            export: {delay: 20ms}
            fleet: {url: "%s", askAfter: %ds, pod: "sidecar-%d"}
            """
                .formatted(engine.url(), ASK_AFTER, number))
        .run();
  }

  /** All requests of one pod go to the same sidecar. */
  private static void send(ExportTraceServiceRequest request) {
    String source = request.getResourceSpans(0).getResource().toString();
    int sidecar = Math.floorMod(source.hashCode(), SIDECARS);
    assertEquals(Status.Code.OK, senders.get(sidecar).grpc(Otlp.TRACES, request.toByteArray()));
    List<Span> spans = Excerpt.spans(List.of(request));
    received[sidecar] += spans.size();
    spans.forEach(
        span -> seenBy.computeIfAbsent(span.getTraceId(), id -> new HashSet<>()).add(sidecar));
    add(sent, spans);
  }

  private static void add(Map<ByteString, List<Span>> traces, List<Span> spans) {
    for (Span span : spans) {
      traces.computeIfAbsent(span.getTraceId(), id -> new ArrayList<>()).add(span);
    }
  }

  @AfterAll
  static void end() {
    senders.forEach(Sender::close);
    programs.forEach(Program::close);
    backend.close();
    engine.close();
  }

  @Test
  @Order(1)
  void keptTracesAreWhole() {
    long split = seenBy.values().stream().filter(pods -> pods.size() > 1).count();
    assertTrue(split > 200, "traces that several sidecars saw: " + split);
    List<String> torn = new ArrayList<>();
    arrived.forEach(
        (id, spans) -> {
          if (spans.size() != sent.get(id).size()) {
            torn.add(spans.size() + " of " + sent.get(id).size());
          }
        });
    System.out.printf("kept %d of %d traces, torn %s%n", arrived.size(), sent.size(), torn);
    assertEquals(List.of(), torn, () -> programs.getFirst().err());
  }

  @Test
  @Order(2)
  void everyTraceWithAnErrorIsThere() {
    sent.forEach(
        (id, spans) -> {
          if (spans.stream().anyMatch(Excerpt::isError)) {
            assertTrue(arrived.containsKey(id));
          }
        });
    assertTrue(arrived.size() < sent.size() / 2, "kept " + arrived.size());
  }

  @Test
  @Order(3)
  void allSpansOfATraceSayTheSameThreshold() {
    arrived.forEach(
        (id, spans) -> {
          Set<String> states = new HashSet<>();
          spans.forEach(span -> states.add(span.getTraceState()));
          assertEquals(1, states.size(), () -> states.toString());
        });
  }

  @Test
  @Order(4)
  void theBooksOfEverySidecarAgree() {
    for (JsonNode status : statuses) {
      for (JsonNode law : status.path("identities")) {
        assertTrue(law.path("holds").asBoolean(), law::toString);
      }
    }
  }

  @Test
  @Order(5)
  void everySidecarListsTheFleetAndWhatEachOfItReceivedAndKept() {
    long spans = LongStream.of(received).sum();
    long kept = programs.stream().mapToLong(p -> p.spans("keptBytes")).sum();
    JsonNode[] fleet = new JsonNode[1];
    for (Program program : programs) {
      Await.until(
          () -> spans + " spans and " + kept + " bytes kept: " + fleet[0],
          () -> {
            fleet[0] = program.json("/api/v1/fleet");
            JsonNode total = fleet[0].path("total");
            return total.path("spans").asLong() == spans && total.path("kept").asLong() == kept;
          });
      assertEquals(SIDECARS, fleet[0].path("members").size());
      for (int i = 0; i < SIDECARS; i++) {
        JsonNode member = fleet[0].path("members").path(i);
        assertEquals("sidecar-" + i, member.path("pod").asString());
        assertEquals(received[i], member.path("spans").asLong());
        double perGigabyte = member.path("pricePerGigabyte").asDouble();
        assertEquals(
            member.path("kept").asLong() * perGigabyte / 1e9,
            member.path("spent").asDouble(),
            1e-12);
        assertEquals(fleet[0].path("members").path(0).path("policy"), member.path("policy"));
      }
      JsonNode here = fleet[0].path("here");
      assertTrue(here.path("engine").asString().startsWith("Redis "), here::toString);
      assertTrue(here.path("latencyMillis").asDouble() > 0, here::toString);
      assertEquals("", here.path("disagreement").asString());
      assertFalse(fleet[0].has("disagreement"));
      assertFalse(fleet[0].has("membersUnknown"));
    }
  }

  @Test
  @Order(6)
  void anotherPolicyInOneSidecarIsNamedByAll() {
    Program strange = programs.getFirst();
    String etag = strange.status().path("policy").path("etag").asString();
    String policy = "{\"policies\": [], \"default\": {\"probability\": 0.5}}";
    assertEquals(200, strange.put("/api/v1/policy", policy, "If-Match", etag).statusCode());
    for (Program program : programs) {
      Await.until(
          () -> "the difference is seen: " + program.status().path("fleet"),
          () -> {
            String words = program.status().path("fleet").path("disagreement").asString();
            return words.contains("sidecar-0 by policies")
                && words.contains("sidecar-1, sidecar-2 by policies");
          });
      assertEquals(1, program.metrics().get("spanthrift_fleet_divided"));
      assertEquals(
          1, program.err().lines().filter(line -> line.contains("decide differently")).count());
    }
  }

  @Test
  @Order(7)
  void everyCallBetweenSidecarsThatWasLookedAtIsWhole() {
    JsonNode[] edges = new JsonNode[1];
    Await.until(
        "parts are looked at",
        () -> {
          edges[0] = programs.getLast().json("/api/v1/fleet").path("edges");
          return edges[0].size() > 0;
        });
    System.out.println("edges " + edges[0]);
    for (JsonNode edge : edges[0]) {
      assertEquals(0, edge.path("torn").asLong(), edges[0]::toString);
      assertEquals(1, edge.path("wholeShare").asDouble());
    }
  }

  @Test
  @Order(8)
  void aSidecarWithoutAFleetLoadsNothingOfTheClient() {
    try (OtlpBackend alone = new GrpcBackend();
        Program program =
            new Launch(temp.resolve("alone"))
                .to(alone)
                .env("SPANTHRIFT_JAVA_OPTS", "-Xlog:class+load:stderr")
                .run()) {
      assertTrue(program.err().contains("dev.spanthrift.agent.Sidecar"));
      assertFalse(program.err().contains("io.lettuce"), "classes of Lettuce are loaded");
      assertFalse(program.err().contains("dev.spanthrift.agent.fleet.Redis"));
    }
  }
}
