package dev.spanthrift.bench.fleet;

import dev.spanthrift.bench.speed.Proc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One packaged sidecar, with the launcher's flags. */
final class SidecarProcess implements AutoCloseable {
  private static final Pattern LAW =
      Pattern.compile("\"law\":\"([^\"]*)\",[^}]*\"holds\":(true|false)");

  private final HttpClient client;
  private final Path folder;
  private final List<String> command;
  private final int http;
  private final int admin;
  private Process process;

  private SidecarProcess(HttpClient client, Path folder, List<String> command, int http, int admin)
      throws IOException {
    this.client = client;
    this.folder = folder;
    this.command = command;
    this.http = http;
    this.admin = admin;
    process = launch();
  }

  /** Begins so many; the ports are held together, so that they differ. */
  static List<SidecarProcess> begin(
      int count, HttpClient client, Path folder, List<String> java, Path jar, Yaml yaml)
      throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    for (int i = 0; i < 3 * count; i++) {
      held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    int[] ports = held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    for (ServerSocket socket : held) {
      socket.close();
    }
    List<SidecarProcess> begun = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path own = Files.createDirectories(folder.resolve("sidecar-" + i));
      Path config = own.resolve("spanthrift.yaml");
      String head =
          """
          listen:
            grpc: {port: %d}
            http: {port: %d}
          admin: {port: %d}
          stateDir: %s
          """
              .formatted(ports[3 * i], ports[3 * i + 1], ports[3 * i + 2], own.resolve("state"));
      Files.writeString(config, head + yaml.of(i));
      List<String> command = new ArrayList<>(java);
      command.addAll(List.of("-jar", jar.toString(), "run", "--config", config.toString()));
      begun.add(new SidecarProcess(client, own, command, ports[3 * i + 1], ports[3 * i + 2]));
    }
    return begun;
  }

  /** The rest of a sidecar's configuration. */
  interface Yaml {
    String of(int number);
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  void awaitReady(boolean inFleet) {
    long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (!get("/readyz").isPresent()
        || inFleet && !get("/api/v1/fleet").orElse("").contains("\"away\":false")) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("not ready, see " + folder.resolve("log"));
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  /** The answer of REST, where it is 200. */
  private java.util.Optional<String> get(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path))
            .timeout(Duration.ofSeconds(20))
            .build();
    try {
      var answer = client.send(request, BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? java.util.Optional.of(answer.body())
          : java.util.Optional.empty();
    } catch (IOException notYet) {
      return java.util.Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String status() {
    return get("/api/v1/status").orElse("");
  }

  String fleet() {
    return get("/api/v1/fleet").orElse("");
  }

  String spend() {
    return get("/api/v1/spend").orElse("");
  }

  /** The first number of that name; -1 without it. */
  static double number(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\":(-?[0-9.eE+-]+)").matcher(json);
    return found.find() ? Double.parseDouble(found.group(1)) : -1;
  }

  /** Laws that do not hold. */
  static List<String> broken(String status) {
    List<String> broken = new ArrayList<>();
    Matcher law = LAW.matcher(status);
    int laws = 0;
    while (law.find()) {
      laws++;
      if (law.group(2).equals("false")) {
        broken.add(law.group());
      }
    }
    return laws == 0 ? List.of("no laws in the status") : broken;
  }

  URI traces() {
    return URI.create("http://127.0.0.1:" + http + "/v1/traces");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Proc proc() {
    return Proc.read(process.pid());
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void restart() throws IOException {
    process = launch();
  }

  void terminate() {
    process.destroy();
  }

  @Override
  public void close() {
    terminate();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
