package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.fleet.RedisServer;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sidecars of a fleet have one budget and the same books. In order: one history. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FleetBudgetIT {
  private static final Path RECORDED =
      Path.of("src", "test", "resources", "recorded", "hotelreservation", "traces.otlp.zst");

  @TempDir static Path temp;
  private static RedisServer engine;
  private static OtlpBackend backend;
  private static final List<Program> programs = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    engine = RedisServer.start(temp.resolve("engine"));
    backend = new GrpcBackend();
    programs.add(sidecar(0));
    programs.add(sidecar(1));
    for (Program program : programs) {
      Await.until(
          "the engine", () -> program.metrics().getOrDefault("spanthrift_fleet_away", 1.0) == 0);
    }
    int next = 0;
    int[] sent = new int[2];
    try (Sender one = new Sender(programs.get(0).ports());
        Sender other = new Sender(programs.get(1).ports())) {
      for (ExportTraceServiceRequest request : Excerpt.read(RECORDED)) {
        // Ten times as much comes to the first.
        int to = next++ % 11 == 0 ? 1 : 0;
        Sender sender = to == 1 ? other : one;
        assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, request.toByteArray()));
        sent[to] += Excerpt.spans(List.of(request)).size();
      }
    }
    // Else the books may be the same while most of it waits for its decision.
    programs.get(0).awaitSettled(sent[0]);
    programs.get(1).awaitSettled(sent[1]);
  }

  private static Program sidecar(int number) {
    return new Launch(temp.resolve("sidecar-" + number))
        .to(backend)
        .yaml(
            """
            hold: {pause: 200ms, deadline: 400ms}
            price: {perGb: 1000}
            budgets: [{amount: 100000, period: month}]
            fleet: {url: "%s", askAfter: 2s, pod: "sidecar-%d", podsAssumed: 2}
            """
                .formatted(engine.url(), number))
        .run();
  }

  @AfterAll
  static void end() {
    programs.forEach(Program::close);
    backend.close();
    engine.close();
  }

  private static double spent(Program program) {
    return spent(program, "");
  }

  private static double spent(Program program, String query) {
    return program.json("/api/v1/spend" + query).path("spent").asDouble();
  }

  private static double keptByAll() {
    return programs.stream().mapToLong(p -> p.spans("keptBytes")).sum() * 1000 / 1e9;
  }

  private static void awaitSameBooks() {
    double[] seen = new double[3];
    Await.until(
        () ->
            String.format(Locale.ROOT, "kept %.6f, books %.6f and %.6f", seen[0], seen[1], seen[2]),
        () -> {
          seen[0] = keptByAll();
          seen[1] = spent(programs.getFirst());
          seen[2] = spent(programs.getLast());
          return seen[0] > 0 && near(seen[0], seen[1]) && near(seen[0], seen[2]);
        });
  }

  private static boolean near(double one, double other) {
    return Math.abs(one - other) <= 1e-3 * one;
  }

  @Test
  @Order(1)
  void everySidecarKnowsWhatAllHaveSpent() {
    awaitSameBooks();
    Program one = programs.get(0);
    Program other = programs.get(1);
    assertTrue(other.spans("receivedBytes") * 5 < one.spans("receivedBytes"));
    assertTrue(one.spans("keptBytes") > 0 && other.spans("keptBytes") > 0);
    // How much each keeps depends on how fast it all came; its books have what the other kept, too.
    assertTrue(other.spans("keptBytes") * 1000 / 1e9 < .95 * spent(other));
  }

  @Test
  @Order(1)
  void ofTheFleetsMoneyEachSidecarSaysItsOwnPart() {
    awaitSameBooks();
    double sum = 0;
    for (Program program : programs) {
      double own = spent(program, "?scope=sidecar");
      double kept = program.spans("keptBytes") * 1000 / 1e9;
      assertTrue(near(kept, own), () -> "kept for " + kept + ", says " + own);
      sum += own;
      assertEquals(spent(program), spent(program, "?scope=fleet"), 1e-3 * spent(program));
    }
    assertTrue(near(sum, spent(programs.getFirst())), "the parts are the whole");
  }

  @Test
  @Order(2)
  void theBooksOutliveTheEnginesMemory() {
    assertEquals("+OK", engine.command("FLUSHALL"));
    awaitSameBooks();
  }

  @Test
  @Order(3)
  void whoJoinsTakesTheBooksOver() {
    Await.until("books are left", () -> engine.command("EXISTS", "st{default}books").equals(":1"));
    programs.add(sidecar(2));
    awaitSameBooks();
  }
}
