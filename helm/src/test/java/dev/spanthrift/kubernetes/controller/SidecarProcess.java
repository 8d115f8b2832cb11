package dev.spanthrift.kubernetes.controller;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged sidecar as a process with a controller, as a pod would run it. */
final class SidecarProcess implements AutoCloseable {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern PAGE = Pattern.compile("page http://[^ ]*:(\\d+)/");
  private static final String ADMIN_TOKEN = "a-token-for-tests";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final Path log;
  private final HttpClient client = HttpClient.newHttpClient();
  private final int admin;

  /**
   * Starts it and waits until it is ready.
   *
   * @param folder for its state, of its own
   * @param more of its environment
   */
  SidecarProcess(Path folder, int controller, String token, Map<String, String> more)
      throws IOException {
    Files.createDirectories(folder);
    log = folder.resolve("log");
    ProcessBuilder builder = new ProcessBuilder(ROOT.resolve("spanthrift").toString(), "run");
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    environment.put("HOME", folder.toString());
    environment.put("SPANTHRIFT_JAVA_HOME", System.getProperty("java.home"));
    environment.put("SPANTHRIFT_AOT", "off");
    environment.put("SPANTHRIFT_LISTEN_GRPC_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_HTTP_PORT", "0");
    environment.put("SPANTHRIFT_ADMIN_PORT", "0");
    environment.put("SPANTHRIFT_ADMIN_TOKEN_FILE", write(folder, "admin", ADMIN_TOKEN));
    environment.put("SPANTHRIFT_STATE_DIR", folder.resolve("state").toString());
    environment.put("SPANTHRIFT_CONTROLLER_URL", "http://127.0.0.1:" + controller);
    environment.put("SPANTHRIFT_CONTROLLER_TOKEN_FILE", write(folder, "token", token));
    environment.put("SPANTHRIFT_CONTROLLER_LABELS_FILE", write(folder, "labels", "app=\"cart\"\n"));
    environment.put("SPANTHRIFT_CONTROLLER_REPORT_EVERY", "1s");
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"); // nothing is sent
    environment.putAll(more);
    builder.environment().clear();
    builder.environment().putAll(environment);
    process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Eventually.holds(this::said, () -> PAGE.matcher(said()).find() || !process.isAlive());
    Matcher page = PAGE.matcher(said());
    if (!page.find()) {
      close();
      throw new AssertionError("it ended and said: " + said());
    }
    admin = Integer.parseInt(page.group(1));
  }

  private static String write(Path folder, String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.timeout(LIMIT).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(said(), e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path));
  }

  JsonNode json(String path) {
    return JsonMapper.shared().readTree(send(at(path)).body());
  }

  JsonNode effective() {
    return json("/api/v1/policy/effective");
  }

  /** The probability of what no rule matches; -1 without one. */
  double fallback() {
    return effective().path("policy").path("default").path("probability").asDouble(-1);
  }

  HttpResponse<String> put(String path, String json) {
    return send(
        at(path)
            .header("Authorization", "Bearer " + ADMIN_TOKEN)
            .header("Content-Type", "application/json")
            .header("If-Match", "*")
            .PUT(BodyPublishers.ofString(json)));
  }

  @Override
  public void close() {
    client.shutdownNow();
    Stream.concat(process.descendants(), Stream.of(process.toHandle()))
        .forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
  }
}
