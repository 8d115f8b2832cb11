package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The memory of a load goes back to the system when nothing moves any more. */
@Timeout(180)
class HeapReturnIT {
  private static final long SEED = Long.getLong("seed", 1);
  private static final int TRACES = 2_000;
  private static final int REQUESTS = 40;

  @TempDir Path temp;

  @Test
  void aLoadThatIsOverLeavesASmallerHeap() {
    try (OtlpBackend backend = new GrpcBackend();
        Program program =
            new Launch(temp)
                .to(backend)
                .env("SPANTHRIFT_MEMORY", "512Mi")
                .yaml("hold: {pause: 2s, deadline: 4s}\ndefaultProbability: 0.01")
                .run();
        Sender sender = new Sender(program.ports())) {
      Random random = new Random(SEED);
      int sent = 0;
      for (int i = 0; i < REQUESTS; i++) {
        ExportTraceServiceRequest request = request(random);
        sent += request.getResourceSpans(0).getScopeSpans(0).getSpansCount();
        assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, request.toByteArray()));
      }
      JsonNode loaded = program.awaitSettled(sent).path("memory");
      Await.until(
          "given back",
          () -> program.status().path("memory").path("givenBack").path("times").asLong() > 0);
      JsonNode rested = program.status().path("memory");
      assertTrue(
          rested.path("heapCommittedBytes").asLong() < loaded.path("heapCommittedBytes").asLong(),
          () -> loaded + " then " + rested);
      assertEquals(1.0, program.metrics().get("spanthrift_memory_given_back_total"));
      assertTrue(program.err().contains("the load is over"), program.err());
    }
  }

  private static ExportTraceServiceRequest request(Random random) {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < TRACES; i++) {
      spans.addAll(RandomTraces.trace(random, "", false));
    }
    return RandomTraces.request(spans);
  }
}
