package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.spanthrift.agent.command.Console;
import io.grpc.Status;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged program, steered by its verbs over the real port, tells a webhook what is wrong. */
@Timeout(300)
class ControlIT {
  private static final long SEED = Long.getLong("seed", 1);
  private static final int TRACES = 10;

  @TempDir Path temp;
  private final Random random = new Random(SEED);
  private final Set<String> alerts = ConcurrentHashMap.newKeySet();
  private long spans;
  private String at = "";

  /** Sends some traces of one span. */
  private String send(Sender sender) {
    ByteString trace = ByteString.EMPTY;
    for (int i = 0; i < TRACES; i++) {
      trace = RandomTraces.id(random, 16);
      Span span =
          Span.newBuilder()
              .setTraceId(trace)
              .setSpanId(RandomTraces.id(random, 8))
              .setName("GET /users")
              .setStartTimeUnixNano(1_790_000_000_000_000_000L)
              .setEndTimeUnixNano(1_790_000_005_000_000_000L)
              .build();
      byte[] request = RandomTraces.request(List.of(span)).toByteArray();
      assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, request));
      spans++;
    }
    return HexFormat.of().formatHex(trace.toByteArray());
  }

  private static JsonNode awaitDecided(Program program, long spans) {
    Await.until(
        () -> spans + " spans decided: " + program.status(),
        () -> {
          JsonNode all = program.status().path("spans");
          return all.path("received").asLong() == spans && all.path("held").asLong() == 0;
        });
    return program.status();
  }

  /** A verb in this process over the real port: another JVM for each would only take time. */
  private String verb(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--at", at, "--token-file", temp.resolve("token").toString()));
    Console console = Console.run(Map.of(), all.toArray(String[]::new));
    assertEquals(0, console.code(), String.join(" ", words) + ": " + console.err());
    return console.out();
  }

  @Test
  void itsVerbsSteerItAndItTellsWhatIsWrong() throws Exception {
    System.out.println("seed " + SEED);
    HttpServer webhook =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.createContext(
        "/",
        exchange -> {
          String said =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          alerts.add(JsonMapper.shared().readTree(said).path("rule").asString("") + " " + said);
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    webhook.start();
    Launch launch =
        new Launch(temp)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1") // nobody is there
            .yaml(
                """
                hold: {pause: 100ms, deadline: 200ms}
                export: {delay: 20ms}
                fleet: {url: 'redis://127.0.0.1:1'}
                alerts:
                  webhook: {url: 'http://127.0.0.1:%d/'}
                  destinationAway: 1s
                  engineAway: 1s
                  queueFilling: 0.00001
                """
                    .formatted(webhook.getAddress().getPort()));
    try (Program program = launch.run()) {
      at = "http://127.0.0.1:" + program.ports().admin();
      steer(program);
      aPersonSeesALiveScreen();
      Set<String> wanted = Set.of("destinationAway", "engineAway", "queueFilling");
      Await.until(
          () -> wanted + " are told; were " + alerts + "\n" + program.err(),
          () ->
              wanted.stream().allMatch(rule -> alerts.stream().anyMatch(s -> s.startsWith(rule))));
      assertTrue(verb("alerts", "list").contains("queueFilling"));
      program.terminate();
      program.exit();
    } finally {
      webhook.stop(0);
    }
    aChangedAuditShows(launch.stateDir());
  }

  private void steer(Program program) throws Exception {
    try (Sender sender = new Sender(program.ports())) {
      send(sender);
      awaitDecided(program, spans);
      Path policy =
          Files.writeString(
              temp.resolve("policy.yaml"),
              "policies: [{name: none, match: {service: shop}, drop: true}]\n");
      Program apply =
          new Launch(temp.resolve("verbs"))
              .call(
                  "policy",
                  "apply",
                  policy.toString(),
                  "--reason",
                  "less",
                  "--at",
                  at,
                  "--token-file",
                  temp.resolve("token").toString());
      assertEquals(0, apply.exit(), apply.err());
      String dropped = send(sender);
      JsonNode status = awaitDecided(program, spans);
      assertEquals(TRACES, status.at("/spans/droppedByReason/none").asLong(), status.toString());
      assertTrue(verb("explain", dropped).contains("none"));

      verb("boost", "add", "--service", "shop", "--ttl", "10m", "--cap", "5", "--reason", "why");
      String boosted = send(sender);
      status = awaitDecided(program, spans);
      assertEquals(TRACES, status.at("/spans/keptByReason/boost:1").asLong(), status.toString());
      assertTrue(verb("explain", boosted).contains("boost"));

      verb("policy", "rollback", "--to", "1", "--reason", "undo");
      assertTrue(verb("policy", "versions").contains("→     3"), verb("policy", "versions"));
      JsonNode report = JsonMapper.shared().readTree(verb("report", "-o", "json"));
      assertEquals(spans, report.at("/total/receivedSpans").asLong(), report.toString());
    }
  }

  /** On a pseudo-terminal, as a person sees it, where there is a program that makes one. */
  private void aPersonSeesALiveScreen() {
    Path script = Path.of("/usr/bin/script");
    if (!Files.isExecutable(script)) {
      System.out.println("the live screen of top: skipped: no " + script);
      return;
    }
    Path launcher = Path.of("").toAbsolutePath().getParent().resolve("spanthrift");
    Program top =
        new Launch(temp.resolve("top"))
            .env("TERM", "xterm")
            .callOf(script, "-qec", launcher + " top --seconds 1 --at " + at, "/dev/null");
    assertEquals(0, top.exit(), top.out() + top.err());
    String escape = "\u001b[";
    assertTrue(top.out().contains(escape), "it draws: " + top.out());
    assertTrue(top.out().contains("spanthrift ready"), top.out());
    assertTrue(top.out().contains("GET /users"), top.out());
  }

  /** A cut, changed and reordered list of what was done. */
  private void aChangedAuditShows(Path state) throws Exception {
    Path audit = state.resolve("audit.jsonl");
    List<String> lines = Files.readAllLines(audit);
    assertTrue(lines.size() >= 4, lines.toString());
    assertEquals(0, verify(state).code(), verify(state).err());
    Map<String, List<String>> faults = new HashMap<>();
    faults.put("cut", lines.subList(0, lines.size() - 1));
    List<String> changed = new ArrayList<>(lines);
    changed.set(1, changed.get(1).replace("less", "more"));
    faults.put("changed", changed);
    List<String> moved = new ArrayList<>(lines);
    Collections.swap(moved, 1, 2);
    faults.put("moved", moved);
    for (var fault : faults.entrySet()) {
      assertTrue(!fault.getValue().equals(lines), fault.getKey());
      Files.write(audit, fault.getValue());
      assertEquals(1, verify(state).code(), fault.getKey());
    }
  }

  private static Console verify(Path state) {
    return Console.run(Map.of(), "audit", "verify", state.toString());
  }
}
