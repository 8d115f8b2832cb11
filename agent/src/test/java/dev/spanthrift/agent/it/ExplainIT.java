package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Every trace that a real process decided can be explained, and the explanation is true. */
@Timeout(120)
class ExplainIT {
  private static final long SEED = Long.getLong("seed", 1);
  private static final int TRACES = 200;

  @TempDir Path temp;

  @Test
  void whatIsSaidOfEachTraceIsWhatHappenedToIt() {
    Random random = new Random(SEED);
    Map<ByteString, List<Span>> sent = new LinkedHashMap<>();
    try (OtlpBackend backend = new GrpcBackend();
        Program program =
            new Launch(temp)
                .to(backend)
                .yaml(
                    """
                    policies: [{name: errors, match: {hasError: true}, keep: true}]
                    defaultProbability: 0.3
                    hold: {pause: 100ms, deadline: 200ms}
                    export: {delay: 20ms}
                    """)
                .run();
        Sender sender = new Sender(program.ports())) {
      long spans = 0;
      for (int i = 0; i < TRACES; i++) {
        List<Span> trace = RandomTraces.trace(random, "", i % 10 == 0);
        byte[] request = RandomTraces.request(trace).toByteArray();
        assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, request));
        sent.put(trace.getFirst().getTraceId(), trace);
        spans += trace.size();
      }
      JsonNode status = program.awaitSettled(spans);
      assertEquals(TRACES, status.at("/decisions/noted").asInt());
      Map<ByteString, Span> arrived = new HashMap<>();
      backend.spans().forEach(span -> arrived.put(span.getTraceId(), span));
      assertTrue(arrived.size() > TRACES / 10 && arrived.size() < TRACES / 2);
      sent.forEach((id, trace) -> isTrue(explain(program, id), trace, arrived.get(id)));
      JsonNode page = program.json("/api/v1/decisions?limit=1000&outcome=kept");
      assertEquals(arrived.size(), page.path("decisions").size());
    }
  }

  private static JsonNode explain(Program program, ByteString id) {
    String hex = HexFormat.of().formatHex(id.toByteArray());
    return program.json("/api/v1/traces/" + hex + "/explain");
  }

  private static void isTrue(
      JsonNode said, List<Span> trace, @org.jspecify.annotations.Nullable Span arrived) {
    boolean error = trace.stream().anyMatch(Excerpt::isError);
    JsonNode decision = said.path("decisions").get(0);
    assertEquals("decided", said.path("state").asString(), said::toString);
    assertEquals(trace.size(), decision.path("spans").asInt(), said::toString);
    assertEquals(arrived == null ? "dropped" : "kept", decision.path("outcome").asString());
    assertEquals(error ? "errors" : "default", decision.path("reason").asString());
    assertEquals(error, decision.at("/policies/0/matched").asBoolean(), said::toString);
    assertEquals(!error, decision.at("/policies/1/decides").asBoolean(), said::toString);
    assertEquals("shop", decision.path("service").asString());
    if (arrived != null) {
      assertEquals(arrived.getTraceState(), decision.at("/draw/written").asString(""));
    }
  }
}
