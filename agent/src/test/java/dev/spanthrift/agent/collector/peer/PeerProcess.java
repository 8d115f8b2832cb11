package dev.spanthrift.agent.collector.peer;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.ObjectMapper;

/** A real Collector with one receiver, from which every case's pipeline gets the same spans. */
final class PeerProcess implements AutoCloseable {
  private static final Duration QUIET = Duration.ofSeconds(6); // above wait and tick
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final List<PeerCase> cases;
  private final Path folder;
  private final int port;
  private final HttpServer backend;
  private final Process process;
  private final Map<Integer, List<ExportTraceServiceRequest>> received = new ConcurrentHashMap<>();
  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
  private final HttpClient client = HttpClient.newHttpClient();

  PeerProcess(String binary, Path folder, List<PeerCase> cases) throws IOException {
    this.cases = cases;
    this.folder = folder;
    backend = backend();
    port = freePort();
    Path file = folder.resolve("peer.yaml");
    Files.writeString(file, new ObjectMapper().writeValueAsString(configuration()));
    process =
        new ProcessBuilder(binary, "--config", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("peer.log").toFile())
            .start();
  }

  /** Whether it ends at once, because it refuses its configuration. */
  boolean refuses() throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
        return true;
      }
      if (log().contains("Everything is ready")) {
        return false;
      }
    }
    throw new AssertionError(log());
  }

  /** The case because of which it ended. */
  PeerCase refused() throws IOException {
    Matcher matcher =
        Pattern.compile("Error: .*?_sampl(?:ing|er)/([0-9]+)", Pattern.DOTALL).matcher(log());
    if (!matcher.find()) {
      throw new AssertionError(log());
    }
    return cases.get(Integer.parseInt(matcher.group(1)));
  }

  String log() throws IOException {
    return Files.readString(folder.resolve("peer.log"));
  }

  /** Sends the requests one after the other; what each case lets out, when all is quiet. */
  List<List<ExportTraceServiceRequest>> run(List<ExportTraceServiceRequest> requests)
      throws Exception {
    for (ExportTraceServiceRequest request : requests) {
      send(request);
    }
    while (System.nanoTime() - lastNanos.get() < QUIET.toNanos()) {
      LockSupport.parkNanos(50_000_000);
    }
    List<List<ExportTraceServiceRequest>> out = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      out.add(received.getOrDefault(i, List.of()));
    }
    return out;
  }

  private void send(ExportTraceServiceRequest request) throws Exception {
    HttpRequest post =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
            .header("Content-Type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray()))
            .build();
    HttpResponse<String> answer = client.send(post, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body() + log());
    }
    lastNanos.set(System.nanoTime());
  }

  private HttpServer backend() throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/",
        exchange -> {
          int index = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
          InputStream in = new ByteArrayInputStream(exchange.getRequestBody().readAllBytes());
          boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
          received
              .computeIfAbsent(index, i -> new CopyOnWriteArrayList<>())
              .add(ExportTraceServiceRequest.parseFrom(gzip ? new GZIPInputStream(in) : in));
          lastNanos.set(System.nanoTime());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
    return http;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Map<String, Object> configuration() {
    Map<String, Object> processors = new LinkedHashMap<>();
    Map<String, Object> exporters = new LinkedHashMap<>();
    Map<String, Object> pipelines = new LinkedHashMap<>();
    int to = backend.getAddress().getPort();
    for (int i = 0; i < cases.size(); i++) {
      exporters.put(
          "otlp_http/" + i, Map.of("traces_endpoint", "http://127.0.0.1:" + to + "/" + i));
      List<String> ids = new ArrayList<>();
      for (Map.Entry<String, Object> processor : cases.get(i).processors().entrySet()) {
        processors.put(processor.getKey() + "/" + i, processor.getValue());
        ids.add(processor.getKey() + "/" + i);
      }
      pipelines.put(
          "traces/" + i,
          Map.of(
              "receivers", List.of("otlp"),
              "processors", ids,
              "exporters", List.of("otlp_http/" + i)));
    }
    return Map.of(
        "receivers",
        Map.of(
            "otlp", Map.of("protocols", Map.of("http", Map.of("endpoint", "127.0.0.1:" + port)))),
        "processors",
        processors,
        "exporters",
        exporters,
        "service",
        Map.of("telemetry", Map.of("metrics", Map.of("level", "none")), "pipelines", pipelines));
  }

  @Override
  public void close() throws Exception {
    process.destroy();
    process.waitFor(10, TimeUnit.SECONDS);
    backend.stop(0);
  }
}
