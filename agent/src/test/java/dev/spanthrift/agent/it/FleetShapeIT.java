package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.fleet.RedisServer;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Without shapes the engine hears of a trace only when somebody keeps it. */
@Timeout(300)
class FleetShapeIT {
  private static final Path RECORDED =
      Path.of("src", "test", "resources", "recorded", "hotelreservation", "traces.otlp.zst");

  /** Counts what has the length of a trace's entry. */
  private static final String ENTRIES =
      """
      local entries = 0
      for _, key in ipairs(redis.call('KEYS', '*')) do
        if redis.call('TYPE', key).ok == 'string' and redis.call('STRLEN', key) == 41 then
          entries = entries + 1
        end
      end
      return entries
      """;

  @TempDir Path temp;

  @Test
  void onlyKeptTracesHaveAnEntryAndStillHaveOneDecision() throws Exception {
    try (RedisServer engine = RedisServer.start(temp.resolve("engine"));
        OtlpBackend backend = new GrpcBackend();
        Program program = sidecar(engine, backend);
        Sender sender = new Sender(program.ports())) {
      Set<ByteString> sent = new HashSet<>();
      long spans = 0;
      for (ExportTraceServiceRequest request : Excerpt.read(RECORDED)) {
        assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, request.toByteArray()));
        for (Span span : Excerpt.spans(List.of(request))) {
          sent.add(span.getTraceId());
          spans++;
        }
      }
      program.awaitSettled(spans);
      Set<ByteString> kept = new HashSet<>();
      backend.spans().forEach(span -> kept.add(span.getTraceId()));
      long entries = Long.parseLong(engine.command("EVAL", ENTRIES, "0").substring(1));
      assertTrue(kept.size() > 10 && kept.size() < sent.size() / 2, "kept " + kept.size());
      assertTrue(
          entries > 10 && entries <= kept.size(),
          "entries " + entries + ", kept " + kept.size() + " of " + sent.size());
    }
  }

  private Program sidecar(RedisServer engine, OtlpBackend backend) {
    return new Launch(temp.resolve("sidecar"))
        .to(backend)
        .yaml(
            """
            hold: {pause: 200ms, deadline: 400ms}
            defaultProbability: 0.2
            fleet: {url: "%s", askAfter: 2s, shape: false, podsAssumed: 1}
            """
                .formatted(engine.url()))
        .run();
  }
}
