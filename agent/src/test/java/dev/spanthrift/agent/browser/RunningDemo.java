package dev.spanthrift.agent.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./spanthrift demo} as a process, on ports that nobody has, with a token to write. */
final class RunningDemo implements AutoCloseable {
  static final String TOKEN = "sesame-of-the-demo";

  private static final Pattern PAGE =
      Pattern.compile("page (http://127\\.0\\.0\\.1:\\d+/).*:(\\d+) \\(HTTP\\)");
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(120);

  private final Process process;
  private final String url;
  private final String otlpPort;

  private RunningDemo(Process process, String url, String otlpPort) {
    this.process = process;
    this.url = url;
    this.otlpPort = otlpPort;
  }

  static RunningDemo start(Path folder) throws IOException, InterruptedException {
    Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    Path log = folder.resolve("demo.log");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of("..", "spanthrift").toAbsolutePath().normalize().toString(), "demo")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("SPANTHRIFT_"));
    environment.put("SPANTHRIFT_AOT", "off");
    environment.put("SPANTHRIFT_ADMIN_TOKEN_FILE", token.toString());
    environment.put("SPANTHRIFT_ADMIN_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_GRPC_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_HTTP_PORT", "0");
    Process process = builder.start();
    long begin = System.nanoTime();
    while (true) {
      Matcher page = PAGE.matcher(Files.readString(log));
      if (page.find()) {
        return new RunningDemo(process, page.group(1), page.group(2));
      }
      if (!process.isAlive() || System.nanoTime() - begin > START_NANOS) {
        process.destroyForcibly();
        throw new AssertionError("the demo did not say its page:\n" + Files.readString(log));
      }
      Thread.sleep(50);
    }
  }

  /** The page's address, as the demo printed it. */
  String url() {
    return url;
  }

  /** A span of somebody's own, by OTLP/HTTP in JSON, over the demo's real port. */
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
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest post =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + otlpPort + "/v1/traces"))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      assertEquals(200, client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
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
