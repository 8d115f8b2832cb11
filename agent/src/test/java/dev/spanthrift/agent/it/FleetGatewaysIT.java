package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.fleet.RedisServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Replicas of a gateway behind a Service that knows nothing of trace ids. */
@Timeout(300)
class FleetGatewaysIT {
  private static final long SEED = Long.getLong("seed", 1);
  private static final int REPLICAS = 3;
  private static final Path RECORDED = Path.of("src", "test", "resources", "recorded");

  @TempDir Path temp;

  @Test
  void replicasBehindARoundRobinKeepTracesWhole() throws Exception {
    List<Program> gateways = new ArrayList<>();
    List<Sender> senders = new ArrayList<>();
    SplitTraffic traffic = new SplitTraffic(REPLICAS);
    try (RedisServer engine = RedisServer.start(temp.resolve("engine"));
        OtlpBackend backend = new GrpcBackend()) {
      for (int i = 0; i < REPLICAS; i++) {
        gateways.add(gateway(i, engine, backend));
        senders.add(new Sender(gateways.get(i).ports()));
      }
      Random service = new Random(SEED);
      for (String set : List.of("trainticket", "hotelreservation")) {
        for (ExportTraceServiceRequest request :
            Excerpt.read(RECORDED.resolve(set).resolve("traces.otlp.zst"))) {
          traffic.send(request, senders, any -> service.nextInt(REPLICAS));
        }
      }
      for (int i = 0; i < REPLICAS; i++) {
        JsonNode status = gateways.get(i).awaitSettled(traffic.received(i));
        for (JsonNode law : status.path("identities")) {
          assertTrue(law.path("holds").asBoolean(), law::toString);
        }
      }
      traffic.arrived(backend.spans());
    } finally {
      senders.forEach(Sender::close);
      gateways.forEach(Program::close);
    }
    assertTrue(traffic.split() > 300, "traces that several replicas saw: " + traffic.split());
    assertEquals(List.of(), traffic.torn());
    assertEquals(List.of(), traffic.ambiguous());
    assertTrue(traffic.arrived().keySet().containsAll(traffic.failed()), "errors are there");
    assertTrue(traffic.arrived().size() < traffic.sent().size() / 2, "and not everything is");
  }

  private Program gateway(int number, RedisServer engine, OtlpBackend backend) {
    return new Launch(temp.resolve("gateway-" + number))
        .to(backend)
        .yaml(
            """
            policies: [{name: errors, match: {hasError: true}, keep: true}]
            defaultProbability: 0.1
            hold: {pause: 500ms, deadline: 1s}
            export: {delay: 20ms}
            fleet: {url: "%s", askAfter: 4s, pod: "gateway-%d"}
            """
                .formatted(engine.url(), number))
        .run();
  }
}
