package dev.spanthrift.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every metric that an alert or a panel asks for, with every label it asks by, is one that the
 * packaged program tells Prometheus.
 */
class MetricsIT {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  /** One trace of an entry span; the rest of the answer does not depend on what it says. */
  private static final String TRACE =
      """
      {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
        "spanId": "00f067aa0ba902b7", "name": "GET /", "kind": 2,
        "startTimeUnixNano": "1000000000", "endTimeUnixNano": "2000000000"}]}]}]}
      """;

  private static final List<String> NOT_HERE = List.of("scope=\"sidecar\"");

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void theProgramHasEveryMetricThatIsAskedFor() throws Exception {
    List<String> queries = new ArrayList<>(Queries.of(DashboardTest.dashboard()));
    String fleet = "{fleet: {url: 'redis://redis'}, prometheusRule: {enabled: true}}";
    JsonObject rules = Chart.render(Chart.SIDECAR, fleet).only("PrometheusRule");
    queries.addAll(Queries.of(rules));
    Map<String, TreeSet<String>> wanted = Queries.series(queries);
    assertTrue(wanted.size() > 15, wanted::toString);

    // One sidecar of a fleet.
    wanted.values().forEach(labels -> labels.removeAll(NOT_HERE));
    Map<String, TreeSet<String>> told = told();
    assertEquals(Map.of(), Queries.missing(wanted, told));
  }

  /**
   * A counter that begins with its first failure shows no increase at it. Two panels draw what is
   * not known beforehand, which no alert asks for: spans by reason (policies' names are reasons
   * too) and what failed by outcome (a backend's codes).
   */
  @Test
  void countersWhoseIncreaseIsAskedForAreThereBeforeAnythingHappens() throws Exception {
    String all = "{fleet: {url: 'redis://redis'}, prometheusRule: {enabled: true}}";
    JsonObject rules = Chart.render(Chart.SIDECAR, all).only("PrometheusRule");
    List<String> alerts = Queries.rates(Queries.of(rules));
    assertTrue(alerts.size() >= 3, alerts::toString);
    List<String> rates = Queries.rates(Queries.of(DashboardTest.dashboard()));
    assertTrue(rates.size() >= 15, rates::toString);
    rates.removeIf(
        rate ->
            rate.startsWith("spanthrift_spans_total{") || rate.contains("outcome!=\"shipped\""));
    rates.addAll(alerts);
    assertEquals(List.of(), Queries.late(rates, metrics(false)));
  }

  private Map<String, TreeSet<String>> told() throws Exception {
    return Queries.told(metrics(true));
  }

  private String metrics(boolean underTraffic) throws Exception {
    int otlp = freePort();
    int admin = freePort();
    Path out = folder.resolve("out");
    HttpServer backend = backend();
    Process program = start(otlp, admin, backend.getAddress().getPort(), out);
    try {
      String base = "http://127.0.0.1:" + admin;
      await(base + "/readyz", "", out);
      if (!underTraffic) {
        return await(base + "/actuator/prometheus", "spanthrift_", out);
      }
      http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + otlp + "/v1/traces"))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(TRACE))
              .build(),
          HttpResponse.BodyHandlers.discarding());
      return await(base + "/actuator/prometheus", "spanthrift_spans_total{", out);
    } finally {
      program.destroy();
      if (!program.waitFor(30, TimeUnit.SECONDS)) {
        program.destroyForcibly();
      }
      backend.stop(0);
    }
  }

  /** Takes everything: what became of items is told once there is one. */
  private static HttpServer backend() throws IOException {
    HttpServer backend =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    backend.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    backend.start();
    return backend;
  }

  private Process start(int otlp, int admin, int backend, Path out) throws IOException {
    String budgets =
        Files.writeString(
                folder.resolve("spanthrift.yaml"),
                """
                budgets: [{name: all, amount: 300, period: month}]
                policies:
                  - {name: health, match: {name: GET /health}, drop: true}
                  - {name: shadowed, match: {name: GET /ready}, drop: true, shadow: true}
                """)
            .toString();
    ProcessBuilder builder =
        new ProcessBuilder(ROOT.resolve("spanthrift").toString(), "run", "--config", budgets)
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("SPANTHRIFT") || name.startsWith("OTEL"));
    environment.put("SPANTHRIFT_JAVA_HOME", System.getProperty("java.home"));
    environment.put("SPANTHRIFT_AOT", "off");
    environment.put("SPANTHRIFT_STATE_DIR", folder.resolve("state").toString());
    environment.put("SPANTHRIFT_LISTEN_GRPC_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_HTTP_PORT", Integer.toString(otlp));
    environment.put("SPANTHRIFT_ADMIN_PORT", Integer.toString(admin));
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + backend);
    // Nobody is there: the fleet is away.
    environment.put("SPANTHRIFT_FLEET_URL", "redis://127.0.0.1:" + freePort());
    environment.put("SPANTHRIFT_PRICE_PER_GB", "0.5");
    return builder.start();
  }

  private static int freePort() throws IOException {
    try (var socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private String await(String url, String text, Path out) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20)).build();
    long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    String last = "";
    while (System.nanoTime() < end) {
      try {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        last = answer.body();
        if (answer.statusCode() == 200 && last.contains(text)) {
          return last;
        }
      } catch (java.net.ConnectException e) {
        last = e.toString(); // it starts
      }
      Thread.sleep(200);
    }
    String said = Files.readString(out, StandardCharsets.UTF_8);
    throw new AssertionError(url + " never had " + text + ": " + last + "\n" + said);
  }
}
