package dev.spanthrift.agent.command.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.spanthrift.agent.command.Console;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CheckCommandTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void anyPorts() {
    environment.put("SPANTHRIFT_LISTEN_GRPC_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_HTTP_PORT", "0");
    environment.put("SPANTHRIFT_ADMIN_PORT", "0");
    environment.put("SPANTHRIFT_STATE_DIR", folder.resolve("a/b").toString());
  }

  private static ServerSocket listener() throws Exception {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @Test
  void allIsWellWhenTheBackendAnswers() throws Exception {
    HttpServer backend = backend("/");
    try {
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", at(backend));
      Console console = Console.run(environment, "check");
      assertEquals(0, console.code(), console.out());
      assertTrue(console.out().lines().allMatch(line -> line.startsWith("ok ")), console.out());
      assertTrue(console.out().contains("POST " + at(backend) + "/v1/logs takes it"));
      assertEquals("", console.err());
    } finally {
      backend.stop(0);
    }
  }

  private static HttpServer backend(String path) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        path,
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String at(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Test
  void aDoubledPathIsNamedAndDoesNotAnswer() throws Exception {
    HttpServer backend = backend("/v1/traces");
    try {
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", at(backend) + "/v1/metrics");
      Console console = Console.run(environment, "check");
      assertEquals(1, console.code());
      assertTrue(console.out().contains("ends in /v1/metrics, and requests would go to"));
      assertTrue(
          console
              .out()
              .matches("(?s).*FAILED +destination default traces .*/v1/metrics/v1/traces.*"),
          console.out());
    } finally {
      backend.stop(0);
    }
  }

  @Test
  void aBackendThatTakesTracesAloneIsAWarning() throws Exception {
    HttpServer backend = backend("/v1/traces");
    try {
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", at(backend));
      Console console = Console.run(environment, "check");
      assertEquals(0, console.code(), console.out());
      assertTrue(
          console.out().matches("(?s).*ok +destination default traces .*takes it.*"),
          console.out());
      assertTrue(
          console.out().matches("(?s).*warn +destination default logs .*404.*"), console.out());
    } finally {
      backend.stop(0);
    }
  }

  @Test
  void theWrongProtocolIsNoAnswer() throws Exception {
    HttpServer backend = backend("/v1/");
    try {
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", at(backend));
      environment.put("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
      Console console = Console.run(environment, "check");
      assertEquals(1, console.code());
      assertTrue(console.out().contains("FAILED  destination default traces"), console.out());
      assertTrue(console.out().contains("answers HTTP/1.1, and no HTTP/2"), console.out());
    } finally {
      backend.stop(0);
    }
  }

  @Test
  void priceListAndBudgetsThatDoNotFitFail() throws Exception {
    environment.put("SPANTHRIFT_PRICE_MODEL", "datadog");
    Console console = Console.run(environment, "check");
    assertTrue(
        console.out().matches("(?s).*FAILED  price and budgets +price.model = datadog: no such.*"),
        console.out());
    environment.put("SPANTHRIFT_PRICE_MODEL", "");
    environment.put("SPANTHRIFT_BUDGETS", "[{amount: 3, currency: EUR}]");
    console = Console.run(environment, "check");
    assertTrue(console.out().contains("budgets[0].currency = EUR"), console.out());
  }

  @Test
  void aTakenPortIsSaidAsRunSaysItAndASilentBackendAsSendDoes() throws Exception {
    try (ServerSocket taken = listener()) {
      int port = taken.getLocalPort();
      environment.put("SPANTHRIFT_LISTEN_GRPC_PORT", String.valueOf(port));
      Console console = Console.run(environment, "check");
      assertTrue(
          console
              .out()
              .contains("127.0.0.1:" + port + " is in use; set SPANTHRIFT_LISTEN_GRPC_PORT to"),
          console.out());
    }
    int gone;
    try (ServerSocket backend = listener()) {
      gone = backend.getLocalPort();
    }
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + gone);
    String said = "nothing listens on 127.0.0.1:" + gone;
    Console console = Console.run(environment, "check");
    assertTrue(console.out().contains(said), console.out());
  }

  @Test
  void aBudgetThatHasNothingToChooseFromIsAWarningOfCheckAndRun() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("b.yaml"),
            """
            budgets: [{amount: 3}]
            defaultProbability: 0.1
            """);
    String said = "defaultProbability = 0.1 (b.yaml:2): budgets have nothing to choose from";
    Console console = Console.run(environment, "check", "--config", file.toString());
    assertTrue(
        console.out().matches("(?s).*warn    configuration +\\Q" + said + "\\E.*"), console.out());
    Console run = Console.run(environment, "run", "--config", file.toString());
    assertTrue(run.err().contains("spanthrift: " + said), run.err());
    environment.put("SPANTHRIFT_DEFAULT_PROBABILITY", "1");
    assertFalse(
        Console.run(environment, "check", "--config", file.toString()).out().contains("warn"));
    environment.put("SPANTHRIFT_DEFAULT_PROBABILITY", "0.5");
    environment.put("SPANTHRIFT_POLICIES", "[{name: a, budget: true}]");
    assertFalse(
        Console.run(environment, "check", "--config", file.toString()).out().contains("warn"));
  }

  @Test
  void aBackendThatDoesNotAnswerFails() throws Exception {
    int port;
    try (ServerSocket gone = listener()) {
      port = gone.getLocalPort();
    }
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + port);
    Console console = Console.run(environment, "check");
    assertEquals(1, console.code());
    assertTrue(console.out().contains("FAILED  destination default"), console.out());
  }

  /** For a hook before an upgrade: that must not wait for the backend to be well. */
  @Test
  void aControllerThatDoesNotTakeTheTokenFails() throws Exception {
    HttpServer backend = backend("/");
    HttpServer controller =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    controller.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(401, -1);
          exchange.close();
        });
    controller.start();
    try {
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", at(backend));
      environment.put("SPANTHRIFT_CONTROLLER_URL", at(controller));
      Path token = Files.writeString(folder.resolve("token"), "secret-token");
      environment.put("SPANTHRIFT_CONTROLLER_TOKEN_FILE", token.toString());
      Console console = Console.run(environment, "check");
      assertEquals(1, console.code(), console.out());
      assertTrue(console.out().contains("controller " + at(controller)), console.out());
      assertTrue(console.out().contains("HTTP 401"), console.out());
      assertFalse(console.out().contains("secret-token"), console.out());
      String offline = Console.run(environment, "check", "--offline").out();
      assertFalse(offline.contains("controller"), offline);
    } finally {
      controller.stop(0);
      backend.stop(0);
    }
  }

  @Test
  void offlineAsksNobodyAndStillFindsWhatIsWrong() throws Exception {
    try (ServerSocket taken = listener()) {
      int port = taken.getLocalPort();
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + port);
      environment.put("SPANTHRIFT_ADMIN_PORT", String.valueOf(port));
      environment.put("SPANTHRIFT_FLEET_URL", "redis://127.0.0.1:" + port);
      Console console = Console.run(environment, "check", "--offline");
      assertEquals(0, console.code(), console.out());
      assertFalse(console.out().contains("127.0.0.1:" + port), console.out());
      taken.setSoTimeout(1);
      assertThrows(java.net.SocketTimeoutException.class, taken::accept, "nobody has come");
      environment.put("SPANTHRIFT_POLICIES", "[{name: a, match: {hasEror: true}, keep: true}]");
      console = Console.run(environment, "check", "--offline");
      assertEquals(1, console.code(), console.out());
      assertTrue(console.out().contains("/policies/0/match"), console.out());
    }
  }

  @Test
  void aBackendWithoutTlsBehindHttpsFails() throws Exception {
    try (ServerSocket backend = listener()) {
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "https://127.0.0.1:" + backend.getLocalPort());
      Thread answer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var socket = backend.accept()) {
                      socket.getOutputStream().write("HTTP/1.1 400 no\r\n\r\n".getBytes());
                    } catch (java.io.IOException e) {
                      // nobody came
                    }
                  });
      Console console = Console.run(environment, "check");
      backend.close(); // on a slow machine nobody may have come in time
      answer.join();
      assertEquals(1, console.code());
      assertTrue(console.out().contains("FAILED  destination default"), console.out());
    }
  }

  @Test
  void aPortThatIsTakenFails() throws Exception {
    try (ServerSocket taken = listener()) {
      environment.put("SPANTHRIFT_ADMIN_PORT", String.valueOf(taken.getLocalPort()));
      Console console = Console.run(environment, "check");
      assertEquals(1, console.code());
      assertTrue(console.out().contains("FAILED  admin port 127.0.0.1:"), console.out());
    }
  }

  @Test
  void filesThatCannotBeReadFail() throws Exception {
    Path file = Files.writeString(folder.resolve("plain"), "no certificate");
    environment.put("SPANTHRIFT_LISTEN_TLS_CERTIFICATE", file.toString());
    environment.put("SPANTHRIFT_LISTEN_TLS_KEY", folder.resolve("absent").toString());
    environment.put("SPANTHRIFT_STATE_DIR", file.resolve("x").toString());
    String out = Console.run(environment, "check").out();
    assertTrue(out.contains("FAILED  listen.tls.certificate"), out);
    assertTrue(out.contains("FAILED  listen.tls.key"), out);
    assertTrue(out.contains("FAILED  stateDir"), out);
  }

  @Test
  void aPolicyThatCannotBeUsedFailsHereAndInRun() {
    environment.put("SPANTHRIFT_POLICIES", "[{name: a, match: {hasEror: true}, keep: true}]");
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
    String wrong = "/policies/0/match";
    assertTrue(Console.run(environment, "check").out().contains(wrong));
    Console run = Console.run(environment, "run");
    assertEquals(1, run.code());
    assertTrue(run.err().contains(wrong), run.err());
  }

  @Test
  void jsonHasTheSameAnswer() {
    environment.put("SPANTHRIFT_HOLD_PAUSE", "soon");
    Console console = Console.run(environment, "check", "-o", "json");
    assertEquals(1, console.code());
    JsonNode answer = JsonMapper.shared().readTree(console.out());
    assertFalse(answer.get("ok").asBoolean());
    assertEquals("configuration", answer.get("checks").get(0).get("check").asString());
    assertTrue(answer.get("checks").get(0).get("detail").asString().contains("hold.pause = soon"));
  }
}
