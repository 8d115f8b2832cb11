package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** How the program begins and ends, beside an application that needs its ports. */
@Timeout(300)
class LifecycleIT {
  private static final long SEED = Long.getLong("seed", 1);

  @TempDir Path temp;
  private final Random random = new Random(SEED);
  private OtlpBackend backend;

  @BeforeEach
  void backend() {
    System.out.println("seed " + SEED);
    backend = new HttpBackend();
  }

  @AfterEach
  void end() {
    backend.close();
  }

  private Launch launch() {
    return new Launch(temp).to(backend).env("SPANTHRIFT_HOLD_PAUSE", "100ms");
  }

  private ExportTraceServiceRequest traces(int count) {
    return RandomTraces.request(
        IntStream.range(0, count)
            .boxed()
            .flatMap(i -> RandomTraces.trace(random, "", false).stream())
            .toList());
  }

  private static int spans(ExportTraceServiceRequest request) {
    return Excerpt.spans(List.of(request)).size();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void takesSpansBeforeTheAdminPortIsUpAndSendsThemEvenIfStoppedThen() {
    Program.Ports ports = new Program.Ports(freePort(), freePort(), freePort());
    ExportTraceServiceRequest request = traces(20);
    Launch launch =
        launch()
            .env("SPANTHRIFT_LISTEN_GRPC_PORT", ports.grpc())
            .env("SPANTHRIFT_LISTEN_HTTP_PORT", ports.http())
            .env("SPANTHRIFT_ADMIN_PORT", ports.admin());
    try (Program program = launch.begin("run");
        Sender sender = new Sender(ports)) {
      Await.until(program::err, () -> accepts(ports.grpc()) || !program.isAlive());
      boolean adminWasUp = accepts(ports.admin());
      assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, request.toByteArray()));
      Await.until(program::err, () -> accepts(ports.http()) || !program.isAlive());
      assertEquals(200, sender.http(Otlp.TRACES, traces(1).toByteArray()).statusCode());
      program.terminate();
      assertEquals(0, program.exit());
      assertFalse(adminWasUp, "the admin port came first");
    }
    assertTrue(backend.spans().size() > spans(request), "all that was taken arrived");
  }

  @Test
  void c12_endsWithinItsDeadlineAndCountsWhatAHangingBackendLeft() {
    backend.mood(OtlpBackend.Mood.HANG);
    ExportTraceServiceRequest request = traces(30);
    // Without the deadline the request in flight would keep it for ten minutes.
    Launch launch =
        launch()
            .env("OTEL_EXPORTER_OTLP_TIMEOUT", 600_000)
            .env("SPANTHRIFT_SHUTDOWN_DEADLINE", "4s");
    try (Program program = launch.run();
        Sender sender = new Sender(program.ports())) {
      assertEquals(200, program.get("/healthz").statusCode());
      assertEquals(200, program.get("/readyz").statusCode());
      assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, request.toByteArray()));
      Await.until("the backend holds it", () -> backend.turnedAway() > 0);
      program.terminate();
      awaitDraining(program);
      assertEquals(0, program.exit());
      assertTrue(
          program
              .err()
              .contains(String.format(Locale.ROOT, ", failed: %,d shutdown", spans(request))),
          program.err());
    }
  }

  /** More than one request may hold and more than the queue: it goes in pieces. */
  @Test
  void atTheEndSendsMoreThanTheQueueHolds() {
    Launch launch =
        launch()
            .env("SPANTHRIFT_HOLD_DECISION_WAIT", "10m")
            .env("SPANTHRIFT_SHUTDOWN_DEADLINE", "60s");
    int sent = 0;
    try (Program program = launch.run();
        Sender sender = new Sender(program.ports())) {
      KeyValue large = RandomTraces.attribute("large", "x".repeat(20_000));
      for (int i = 0; i < 80; i++) {
        List<Span> spans =
            IntStream.range(0, 50)
                .mapToObj(n -> RandomTraces.trace(random, "", false).getFirst())
                .map(span -> span.toBuilder().addAttributes(large).build())
                .toList();
        byte[] request = RandomTraces.request(spans).toByteArray();
        assertEquals(Status.Code.OK, sender.grpcGzip(Otlp.TRACES, request));
        sent += spans.size();
      }
      assertEquals(sent, program.spans("held"));
      program.terminate();
      assertEquals(0, program.exit());
      assertTrue(program.err().contains(", none failed"), program.err());
    }
    assertEquals(sent, backend.spans().size());
    backend
        .received(Otlp.TRACES)
        .forEach(request -> assertTrue(request.bytes().length < 2 << 20, "small requests"));
  }

  @Test
  void s4_whatWasLearnedSurvivesARestart() {
    Launch launch = launch().yaml("budgets: [{amount: 100, period: day}]");
    List<Span> spans =
        IntStream.range(0, 200)
            .boxed()
            .flatMap(i -> RandomTraces.trace(random, "", false).stream())
            .map(span -> span.toBuilder().setName(lettered(span.getName())).build())
            .toList();
    JsonNode before = learned(launch, RandomTraces.request(spans));
    assertEquals(20, before.path("operations").asInt());
    assertTrue(before.path("paths").asInt() > 20, before.toString());
    assertTrue(before.path("edges").asInt() > 20, before.toString());
    try (Program second = launch.run()) {
      JsonNode after = second.status().path("learned");
      for (String table : List.of("operations", "edges", "paths")) {
        assertEquals(before.path(table).asInt(), after.path(table).asInt(), table);
      }
      assertTrue(second.err().contains("goes on with what was learned"), second.err());
    }
    launch.damage("learned.bin");
    try (Program third = launch.run()) {
      assertEquals(1, third.metrics().get("spanthrift_learned_snapshots_ignored_total"));
      assertEquals(0, third.status().path("learned").path("operations").asInt());
      assertTrue(third.err().contains("saved learned state is ignored: damaged"), third.err());
    }
  }

  /** Numbers are no part of an operation. */
  private static String lettered(String name) {
    int number = Integer.parseInt(name.replaceAll("\\D", ""));
    return "operation " + (char) ('a' + number);
  }

  /** What it knows when it has decided a request, before it ends in peace. */
  private static JsonNode learned(Launch launch, ExportTraceServiceRequest request) {
    try (Program program = launch.run();
        Sender sender = new Sender(program.ports())) {
      assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, request.toByteArray()));
      JsonNode learned = program.awaitSettled(spans(request)).path("learned");
      program.terminate();
      assertEquals(0, program.exit());
      return learned;
    }
  }

  /** Not ready, but alive, and the OTLP ports shut. */
  private static void awaitDraining(Program program) {
    Program.Ports ports = program.ports();
    Await.until("not ready", () -> program.get("/readyz").statusCode() == 503);
    assertEquals(200, program.get("/healthz").statusCode());
    Await.until("gRPC is shut", () -> !accepts(ports.grpc()));
    Await.until("HTTP is shut", () -> !accepts(ports.http()));
  }

  @Test
  void twoRunSideBySide() {
    ExportTraceServiceRequest first = traces(7);
    ExportTraceServiceRequest second = traces(9);
    try (OtlpBackend other = new GrpcBackend();
        Program one = launch().begin("run");
        Program two = new Launch(temp.resolve("two")).to(other).begin("run");
        Sender toOne = new Sender(one.awaitReady());
        Sender toTwo = new Sender(two.awaitReady())) {
      assertEquals(Status.Code.OK, toOne.grpc(Otlp.TRACES, first.toByteArray()));
      assertEquals(200, toTwo.http(Otlp.TRACES, second.toByteArray()).statusCode());
      one.awaitSettled(spans(first));
      two.awaitSettled(spans(second));
      assertEquals(spans(first), backend.spans().size());
      assertEquals(spans(second), other.spans().size());
      one.terminate();
      assertEquals(0, one.exit());
      assertEquals(200, two.get("/readyz").statusCode());
      HttpResponse<String> page = two.get("/");
      assertEquals(200, page.statusCode());
      assertTrue(page.headers().firstValue("Content-Security-Policy").isPresent());
      assertEquals("", two.out(), "stdout is for data");
    }
  }

  @Test
  void saysWhichPortIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (String port :
          List.of(
              "SPANTHRIFT_LISTEN_GRPC_PORT",
              "SPANTHRIFT_LISTEN_HTTP_PORT",
              "SPANTHRIFT_ADMIN_PORT")) {
        Program program = launch().env(port, taken.getLocalPort()).call("run");
        assertEquals(1, program.exit(), program.err());
        String last = program.err().lines().toList().getLast();
        String said = "spanthrift: 127.0.0.1:%d is in use; set %s to another port";
        assertTrue(last.startsWith(said.formatted(taken.getLocalPort(), port)), program.err());
      }
    }
  }

  @Test
  void refusesItsOwnPortAsDestination() {
    int port = freePort();
    Program byFile =
        new Launch(temp)
            .env("SPANTHRIFT_LISTEN_GRPC_PORT", port)
            .yaml(
                "destinations: [{endpoint: 'http://127.0.0.1:%d', protocol: grpc}]".formatted(port))
            .call("run");
    assertEquals(1, byFile.exit());
    assertSays(byFile, "http://127.0.0.1:" + port);
    Program byVariable =
        new Launch(temp.resolve("other"))
            .without("SPANTHRIFT_LISTEN_HTTP_PORT")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")
            .call("run");
    assertEquals(1, byVariable.exit());
    assertSays(byVariable, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
  }

  @Test
  void aBadSettingStopsItWithKeyValueAndWhatWouldBeRight() {
    Program variable = launch().env("SPANTHRIFT_HOLD_DEADLINE", "soon").call("run");
    assertEquals(1, variable.exit());
    assertSays(variable, "SPANTHRIFT_HOLD_DEADLINE", "soon", "1s");
    Program file = launch().yaml("price: {perGb: cheap}\nhodl: {pause: 1s}\n").call("run");
    assertEquals(1, file.exit());
    assertSays(file, "price.perGb", "cheap", "hodl", "hold");
    Program nowhere = new Launch(temp.resolve("nowhere")).call("run");
    assertEquals(1, nowhere.exit());
    assertSays(nowhere, "no destination", "OTEL_EXPORTER_OTLP_ENDPOINT");
  }

  private static void assertSays(Program program, String... parts) {
    for (String part : parts) {
      assertTrue(program.err().contains(part), () -> part + " not in:\n" + program.err());
    }
  }

  @Test
  void checkTellsWhetherRunWouldWork() {
    Program good = launch().call("check");
    assertEquals(0, good.exit(), good::out);
    assertTrue(good.out().contains(backend.uri().toString()), good.out());
    String nobody = "http://127.0.0.1:" + freePort();
    Program bad = launch().env("OTEL_EXPORTER_OTLP_ENDPOINT", nobody).call("check", "-o", "json");
    assertEquals(1, bad.exit(), bad::out);
    assertTrue(bad.out().startsWith("{\"ok\":false,"), bad.out());
    assertTrue(bad.out().contains(nobody), bad.out());
  }

  @Test
  void helpListsTheVerbsAndVersionNamesIt() {
    Program help = launch().call("help");
    assertEquals(0, help.exit());
    for (String verb : List.of("run", "demo", "check", "send", "help", "version")) {
      assertTrue(help.out().lines().anyMatch(line -> line.startsWith("  " + verb + " ")), verb);
    }
    Program version = launch().call("version");
    assertEquals(0, version.exit());
    assertTrue(
        version.out().matches("spanthrift \\d+\\.\\d+\\.\\d+.* \\(Java .*\\)"), version.out());
    Program unknown = launch().call("runn");
    assertEquals(2, unknown.exit());
    assertSays(unknown, "runn");
  }
}
