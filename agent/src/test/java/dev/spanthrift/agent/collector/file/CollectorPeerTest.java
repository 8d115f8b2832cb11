package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import dev.spanthrift.agent.collector.reading.YamlText;
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
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The expectations of the corpus against a real Collector, one pipeline for each case: run with
 * {@code -Dcollector.peer=BINARY}.
 */
@EnabledIfSystemProperty(named = "collector.peer", matches = ".+")
class CollectorPeerTest {
  private static final Duration QUIET = Duration.ofSeconds(6); // above wait and tick
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir Path folder;

  private final Map<Integer, List<ExportTraceServiceRequest>> received = new ConcurrentHashMap<>();
  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void decidesWhatTheCorpusExpects() throws Exception {
    List<Corpus.Case> cases =
        Corpus.cases().stream().filter(c -> c.version().isEmpty() && !c.onlyHere()).toList();
    HttpServer backend = backend();
    List<Integer> ports = freePorts(cases.size());
    Path file = folder.resolve("peer.yaml");
    Files.writeString(
        file, YamlText.of(configuration(cases, ports, backend.getAddress().getPort())));
    Process peer =
        new ProcessBuilder(System.getProperty("collector.peer"), "--config", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("peer.log").toFile())
            .start();
    try {
      for (boolean late : new boolean[] {false, true}) {
        for (int i = 0; i < cases.size(); i++) {
          send(ports.get(i), Corpus.request(cases.get(i).traces(), late));
        }
        awaitQuiet();
      }
    } catch (IOException e) {
      throw new AssertionError(Files.readString(folder.resolve("peer.log")), e);
    } finally {
      peer.destroy();
      peer.waitFor(10, TimeUnit.SECONDS);
      backend.stop(0);
    }
    compare(cases);
  }

  private void compare(List<Corpus.Case> cases) {
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Map<String, Integer> expected = CollectorCorpusTest.expected(cases.get(i));
      Map<String, Integer> kept =
          CollectorCorpusTest.spans(cases.get(i), received.getOrDefault(i, List.of()));
      if (!expected.equals(kept)) {
        differences.add(cases.get(i).name() + ": expected " + expected + ", was " + kept);
      }
    }
    System.out.println(cases.size() - differences.size() + " of " + cases.size() + " agree");
    assertEquals(List.of(), differences);
  }

  private HttpServer backend() throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          int index = Integer.parseInt(path.substring(1));
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

  /** All held at once, so that none is named twice. */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0));
    }
    List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  private void send(int port, ExportTraceServiceRequest request) throws Exception {
    if (request.getResourceSpansCount() == 0) {
      return;
    }
    HttpRequest post =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
            .header("Content-Type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray()))
            .build();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        HttpResponse<byte[]> answer = client.send(post, HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(200, answer.statusCode());
        lastNanos.set(System.nanoTime());
        return;
      } catch (IOException notYet) {
        if (System.nanoTime() > end) {
          throw notYet;
        }
        Thread.onSpinWait();
      }
    }
  }

  private void awaitQuiet() {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() - lastNanos.get() < QUIET.toNanos() && System.nanoTime() < end) {
      java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
    }
  }

  private static Map<String, Object> configuration(
      List<Corpus.Case> cases, List<Integer> ports, int backend) {
    Map<String, Object> receivers = new LinkedHashMap<>();
    Map<String, Object> processors = new LinkedHashMap<>();
    Map<String, Object> exporters = new LinkedHashMap<>();
    Map<String, Object> pipelines = new LinkedHashMap<>();
    for (int i = 0; i < cases.size(); i++) {
      receivers.put(
          "otlp/" + i,
          Map.of("protocols", Map.of("http", Map.of("endpoint", "127.0.0.1:" + ports.get(i)))));
      exporters.put(
          "otlp_http/" + i, Map.of("traces_endpoint", "http://127.0.0.1:" + backend + "/" + i));
      List<String> ids = new ArrayList<>();
      for (Map.Entry<String, Object> processor : cases.get(i).processors().entrySet()) {
        Map<String, Object> settings = new LinkedHashMap<>();
        if (processor.getKey().equals("tail_sampling")) {
          settings.put("decision_wait", "2s");
        }
        ((Map<?, ?>) processor.getValue()).forEach((k, v) -> settings.put((String) k, v));
        processors.put(processor.getKey() + "/" + i, settings);
        ids.add(processor.getKey() + "/" + i);
      }
      pipelines.put(
          "traces/" + i,
          Map.of(
              "receivers", List.of("otlp/" + i),
              "processors", ids,
              "exporters", List.of("otlp_http/" + i)));
    }
    return Map.of(
        "receivers", receivers,
        "processors", processors,
        "exporters", exporters,
        "service",
            Map.of(
                "telemetry", Map.of("metrics", Map.of("level", "none")), "pipelines", pipelines));
  }
}
