package dev.spanthrift.agent.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./spanthrift …} as a process, on ports that nobody has, with a token to write. */
final class RunningProgram implements AutoCloseable {
  static final String TOKEN = "sesame-of-the-demo";

  private static final Pattern PAGE = Pattern.compile("page (http://127\\.0\\.0\\.1:\\d+/)");
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(120);

  private final Process process;
  private final Path folder;
  private final String url;
  private final HttpClient client = HttpClient.newHttpClient();

  private RunningProgram(Process process, Path folder, String url) {
    this.process = process;
    this.folder = folder;
    this.url = url;
  }

  /**
   * Starts it and waits until it says where its page is.
   *
   * @param folder of its own: the token lies there
   * @param more of the environment
   */
  static RunningProgram start(Path folder, Map<String, String> more, String... verb)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>(List.of(verb));
    command.addFirst(Path.of("..", "spanthrift").toAbsolutePath().normalize().toString());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("SPANTHRIFT_"));
    environment.put("SPANTHRIFT_AOT", "off");
    environment.put("SPANTHRIFT_ADMIN_TOKEN_FILE", token.toString());
    environment.put("SPANTHRIFT_ADMIN_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_GRPC_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_HTTP_PORT", "0");
    environment.putAll(more);
    Process process = builder.start();
    long begin = System.nanoTime();
    while (true) {
      Matcher page = PAGE.matcher(Files.readString(log));
      if (page.find()) {
        return new RunningProgram(process, folder, page.group(1));
      }
      if (!process.isAlive() || System.nanoTime() - begin > START_NANOS) {
        process.destroyForcibly();
        throw new AssertionError("it did not say its page:\n" + Files.readString(log));
      }
      Thread.sleep(50);
    }
  }

  /** The page's address, as it was printed. */
  String url() {
    return url;
  }

  /** Where its token lies. */
  Path folder() {
    return folder;
  }

  /** What a GET answers. */
  HttpResponse<String> ask(String path) {
    return send(HttpRequest.newBuilder(URI.create(url + path.substring(1))).build());
  }

  JsonNode get(String path) {
    return JsonMapper.shared().readTree(ask(path).body());
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Where OTLP/HTTP is spoken, by its own word. */
  int otlpPort() {
    for (JsonNode port : get("/api/v1/status").path("ports")) {
      if (port.path("port").asString().equals("HTTP")) {
        return port.path("number").asInt();
      }
    }
    throw new AssertionError("no port for OTLP/HTTP");
  }

  /** A span of somebody's own, by OTLP/HTTP in JSON, over the real port. */
  void sendSpanOf(String service) {
    String now = String.valueOf(System.currentTimeMillis() * 1_000_000);
    String body =
        """
        {"resourceSpans": [{
          "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "%s"}}]},
          "scopeSpans": [{"spans": [{
            "traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": "00f067aa0ba902b7",
            "name": "GET /mine", "kind": 2,
            "startTimeUnixNano": "%s", "endTimeUnixNano": "%s"}]}]}]}
        """
            .formatted(service, now, now);
    HttpRequest post =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + otlpPort() + "/v1/traces"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    assertEquals(200, send(post).statusCode());
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
