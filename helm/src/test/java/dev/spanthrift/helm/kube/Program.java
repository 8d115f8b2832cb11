package dev.spanthrift.helm.kube;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A packaged program as a process of this machine: {@code ./spanthrift VERB}. */
final class Program implements AutoCloseable {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private final Process process;
  private final Path out;
  private final List<String> command;

  private Program(Process process, Path out, List<String> command) {
    this.process = process;
    this.out = out;
    this.command = command;
  }

  static Program start(Path folder, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("spanthrift").toString()));
    command.addAll(List.of(arguments));
    try {
      Path out = Files.createTempFile(folder, arguments[0], ".out");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
      Map<String, String> variables = builder.environment();
      variables
          .keySet()
          .removeIf(
              name ->
                  name.startsWith("SPANTHRIFT")
                      || name.startsWith("OTEL")
                      || name.equals("KUBECONFIG"));
      variables.put("SPANTHRIFT_JAVA_HOME", System.getProperty("java.home"));
      variables.put("SPANTHRIFT_AOT", "off");
      variables.putAll(environment);
      return new Program(builder.start(), out, command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  String said() throws IOException {
    return Files.readString(out);
  }

  /** Waits until the address answers 200; the answer. */
  String awaitAnswer(String url) throws Exception {
    String[] answer = new String[1];
    Kube.await(
        url + " of " + command,
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError(command + " has ended: " + said());
          }
          answer[0] = get(url);
          return answer[0] != null;
        });
    return answer[0];
  }

  /** The answer, or null where there is none or another than 200. */
  static String get(String url) throws InterruptedException {
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? response.body() : null;
    } catch (IOException e) {
      return null; // it starts, or it ends
    }
  }

  @Override
  public void close() throws Exception {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " did not end within 30 s of SIGTERM: " + said());
    }
  }
}
