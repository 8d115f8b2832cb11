package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Boosts, what-if, operations and report of a real process, with its defaults. */
@Timeout(180)
class ControlIT {
  private static final long SEED = Long.getLong("seed", 1);
  private static final int TRACES = 20;
  private static final String BOOSTS = "/api/v1/boosts";

  @TempDir Path temp;
  private final Random random = new Random(SEED);
  private long spans;
  private String lastTrace = "";

  private void send(Sender sender) {
    for (int i = 0; i < TRACES; i++) {
      List<Span> trace = RandomTraces.trace(random, "", false);
      assertEquals(
          Status.Code.OK, sender.grpc(Otlp.TRACES, RandomTraces.request(trace).toByteArray()));
      spans += trace.size();
      lastTrace = HexFormat.of().formatHex(trace.getFirst().getTraceId().toByteArray());
    }
  }

  private static JsonNode body(HttpResponse<String> answer, int status) {
    assertEquals(status, answer.statusCode(), answer.body());
    return JsonMapper.shared().readTree(answer.body());
  }

  private static void assertLawsHold(JsonNode status) {
    status
        .path("identities")
        .forEach(law -> assertTrue(law.path("holds").asBoolean(), law.toString()));
  }

  @Test
  void aBoostKeepsFromTheNextTraceOnAndOutlivesTheProcess() {
    System.out.println("seed " + SEED);
    try (OtlpBackend backend = new GrpcBackend()) {
      Launch launch =
          new Launch(temp)
              .to(backend)
              .yaml(
                  """
                  policies: [{name: all, match: {service: shop}, drop: true}]
                  hold: {pause: 100ms, deadline: 200ms}
                  export: {delay: 20ms}
                  """);
      try (Program program = launch.run();
          Sender sender = new Sender(program.ports())) {
        send(sender);
        program.awaitSettled(spans);
        assertEquals(0, program.spans("kept"));
        long before = spans;
        JsonNode made =
            body(
                program.write(
                    "POST",
                    BOOSTS,
                    "{\"match\":{\"service\":\"shop\"},\"ttl\":\"1h\",\"cap\":1,"
                        + "\"reason\":\"incident 7\"}"),
                201);
        send(sender);
        JsonNode status = program.awaitSettled(spans);
        assertEquals(spans - before, status.at("/spans/keptByReason/boost:1").asLong());
        assertEquals(before, status.at("/spans/droppedByReason/all").asLong());
        assertLawsHold(status);
        JsonNode boost = program.json(BOOSTS + "/" + made.path("id").asString());
        assertEquals(TRACES, boost.path("traces").asInt(), boost.toString());
        double price = status.at("/spans/keptBytes").asLong() * 0.5 / 1e9;
        assertEquals(price, boost.path("spent").asDouble(), price / 100);
        JsonNode explained = program.json("/api/v1/traces/" + lastTrace + "/explain");
        assertEquals(
            "boost " + made.path("id").asString(),
            explained.at("/decisions/0/policies/0/name").asString(),
            explained.toString());
        answersWithTheDefaults(program);
        program.terminate();
        program.exit();
      }
      try (Program program = launch.run();
          Sender sender = new Sender(program.ports())) {
        JsonNode boost = program.json(BOOSTS).path("boosts").get(0);
        assertEquals(TRACES, boost.path("traces").asInt(), boost.toString());
        spans = 0;
        send(sender);
        JsonNode status = program.awaitSettled(spans);
        assertEquals(spans, status.at("/spans/keptByReason/boost:1").asLong());
        body(program.write("DELETE", BOOSTS + "/" + boost.path("id").asString(), ""), 200);
        send(sender);
        status = program.awaitSettled(spans);
        assertTrue(status.at("/spans/droppedByReason/all").asLong() > 0, status.toString());
        assertLawsHold(status);
        JsonNode report = program.json("/api/v1/report");
        assertTrue(
            report.at("/total/receivedSpans").asLong() > spans, "the days before the restart too");
      }
    }
  }

  /** The recording is on, so that all can be asked on the first day. */
  private void answersWithTheDefaults(Program program) {
    JsonNode answer =
        body(
            program.write("POST", "/api/v1/policy:simulate", "{\"default\":{\"keep\":true}}"), 200);
    assertEquals(spans, answer.at("/received/spans").asLong());
    assertEquals(spans, answer.at("/kept/spans").asLong());
    JsonNode operations = program.json("/api/v1/operations?limit=1000");
    long all = 0;
    long kept = 0;
    for (JsonNode row : operations.path("operations")) {
      all += row.at("/all/spans").asLong();
      kept += row.at("/kept/spans").asLong();
    }
    assertEquals(spans, all);
    assertEquals(program.spans("kept"), kept);
    JsonNode report = program.json("/api/v1/report");
    assertEquals(spans, report.at("/total/receivedSpans").asLong());
    assertEquals(program.spans("keptBytes"), report.at("/total/keptBytes").asLong());
    assertEquals(0, program.json("/api/v1/alerts").path("alerts").size());
    assertTrue(program.json("/api/v1/recommendations").path("spans").asLong() == spans);
  }
}
