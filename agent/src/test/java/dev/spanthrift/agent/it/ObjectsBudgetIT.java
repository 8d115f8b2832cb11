package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.source.Bundle;
import dev.spanthrift.agent.control.source.ScriptedController;
import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A budget that a controller gives to a real process, with money for all that comes. */
@Timeout(180)
class ObjectsBudgetIT {
  private static final long SEED = Long.getLong("seed", 1);

  /** Longer than a plan of the budget's and the one after it. */
  private static final Duration WATCHED = Duration.ofSeconds(15);

  @TempDir Path temp;
  private final Random random = new Random(SEED);

  /**
   * Traces that only a probability of 1 keeps.
   *
   * @param afterMillis when the budget comes; until then nothing is limited
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 3_000})
  void a7_dropsNothingWhileThereIsMoneyWheneverTheBudgetComes(int afterMillis) {
    Launch launch = new Launch(temp);
    Path token = launch.write("controller-token", "a.b.c");
    try (ScriptedController controller =
            ScriptedController.saying(bundle(), Duration.ofMillis(afterMillis));
        OtlpBackend backend = new GrpcBackend();
        Program program =
            launch
                .to(backend)
                .env("SPANTHRIFT_CONTROLLER_URL", controller.url())
                .env("SPANTHRIFT_CONTROLLER_TOKEN_FILE", token)
                .env("SPANTHRIFT_PRICE_PER_GB", "0.5")
                .yaml(
                    """
                    hold: {pause: 100ms, deadline: 200ms}
                    export: {delay: 20ms}
                    """)
                .run();
        Sender sender = new Sender(program.ports())) {
      Await.until(
          "the objects are in force",
          () ->
              program
                  .json("/api/v1/policy/effective")
                  .path("origin")
                  .asString("")
                  .equals("objects"));
      long begin = System.nanoTime();
      long sent = 0;
      while (System.nanoTime() - begin < WATCHED.toNanos()) {
        List<Span> trace = trace();
        assertEquals(
            Status.Code.OK, sender.grpc(Otlp.TRACES, RandomTraces.request(trace).toByteArray()));
        sent += trace.size();
        JsonNode status = program.awaitSettled(sent);
        String when =
            (System.nanoTime() - begin) / 1_000_000 + " ms after: " + status.path("spans");
        assertEquals(0, status.at("/spans/dropped").asLong(), when);
      }
      assertEquals(sent, backend.spans().size());
    }
  }

  /** Its last seven bytes, the randomness of an id, are 0. */
  private List<Span> trace() {
    byte[] id = new byte[16];
    RandomTraces.id(random, 9).copyTo(id, 0);
    return RandomTraces.trace(random, "", false).stream()
        .map(span -> span.toBuilder().setTraceId(ByteString.copyFrom(id)).build())
        .toList();
  }

  private static Bundle bundle() {
    return new Bundle(
        read("{policies: [], default: {budget: true}}"),
        false,
        List.of("SamplingPolicy shop/all"),
        read("[{name: shop, amount: 300, period: month}]"),
        List.of("SamplingBudget shop/month"));
  }

  private static JsonNode read(String yaml) {
    return BodyFormat.YAML.read(yaml.getBytes(StandardCharsets.UTF_8));
  }
}
