package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A lone gateway that lets undecided traces wait for what comes late. */
@Timeout(120)
class LimboIT {
  private static final long SEED = Long.getLong("seed", 1);

  @TempDir Path temp;

  @Test
  void aLateErrorBringsTheWholeTrace() {
    Random random = new Random(SEED);
    List<Span> dull = RandomTraces.trace(random, "ot=rv:00000000000001", false);
    Span late =
        RandomTraces.trace(random, "ot=rv:00000000000001", true).stream()
            .filter(Excerpt::isError)
            .findFirst()
            .orElseThrow();
    ByteString id = dull.getFirst().getTraceId();
    late = late.toBuilder().setTraceId(id).setParentSpanId(dull.getFirst().getSpanId()).build();
    try (OtlpBackend backend = new GrpcBackend();
        Program program =
            new Launch(temp)
                .to(backend)
                .yaml(
                    """
                    policies: [{name: errors, match: {hasError: true}, keep: true}]
                    defaultProbability: 0.01
                    hold: {pause: 100ms, deadline: 200ms, limbo: 6s}
                    export: {delay: 20ms}
                    """)
                .run();
        Sender sender = new Sender(program.ports())) {
      send(sender, dull);
      long sentNanos = System.nanoTime();
      Await.until(
          "pause and deadline are long over",
          () -> System.nanoTime() - sentNanos > Duration.ofSeconds(2).toNanos());
      send(sender, List.of(late));
      program.awaitSettled(dull.size() + 1);
      assertEquals(dull.size() + 1, backend.spans().size());
    }
  }

  private static void send(Sender sender, List<Span> spans) {
    assertEquals(
        Status.Code.OK, sender.grpc(Otlp.TRACES, RandomTraces.request(spans).toByteArray()));
  }
}
