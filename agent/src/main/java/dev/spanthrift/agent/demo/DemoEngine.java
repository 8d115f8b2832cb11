package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Redis or Valkey of a demo: one that it starts and stops itself, or one that is there. Not
 * thread-safe.
 */
final class DemoEngine implements AutoCloseable {
  private static final List<String> PROGRAMS = List.of("redis-server", "valkey-server");
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int ANSWER_MILLIS = 1_000;

  private final String url;
  private final @Nullable Path program;
  private final Path folder;
  private final int port;
  private @Nullable Process process;
  private long sinceNanos = System.nanoTime();

  private DemoEngine(String url, @Nullable Path program, Path folder, int port) {
    this.url = url;
    this.program = program;
    this.folder = folder;
    this.port = port;
  }

  /** One that somebody else runs. */
  static DemoEngine at(String url) {
    return new DemoEngine(url, null, Path.of("."), 0);
  }

  /**
   * Starts the first that is found on a path, on a free port of the loopback address.
   *
   * @param folder for its log
   * @throws StartException when there is none, with what to install
   */
  static DemoEngine start(String path, Path folder)
      throws StartException, IOException, InterruptedException {
    Path program = find(path);
    if (program == null) {
      throw new StartException(
          """
          the fleet's demo needs a redis-server (6.2 or newer) or valkey-server (7.2 or newer) on the PATH; none is there.
            Debian, Ubuntu: apt install redis-server, or valkey-server
            macOS:          brew install redis, or valkey
            or name one that runs: --redis redis://host:6379\
          """);
    }
    int port = freePort();
    DemoEngine engine = new DemoEngine("redis://127.0.0.1:" + port, program, folder, port);
    engine.start();
    return engine;
  }

  static @Nullable Path find(String path) {
    return Stream.of(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .flatMap(folder -> PROGRAMS.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  String url() {
    return url;
  }

  /** Whether this demo runs it, and may stop it. */
  boolean isOwn() {
    return program != null;
  }

  boolean isRunning() {
    return program == null || (process != null && process.isAlive());
  }

  /** Since it was started or stopped. */
  long seconds() {
    return (System.nanoTime() - sinceNanos) / 1_000_000_000L;
  }

  /** Starts it, empty, on the same port; returns when it answers. */
  void start() throws StartException, IOException, InterruptedException {
    Path log = folder.resolve("engine.log");
    process =
        new ProcessBuilder(
                Objects.requireNonNull(program).toString(),
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--maxmemory",
                "128mb",
                "--dir",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    sinceNanos = System.nanoTime();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - sinceNanos > START_NANOS) {
        stop();
        throw new StartException(program + " does not start; see " + log);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return in.read() == '+';
    } catch (IOException notYet) {
      return false;
    }
  }

  /** As a machine that fails: at once, and all that it knew is gone. */
  void stop() throws InterruptedException {
    if (process != null && process.isAlive()) {
      process.destroyForcibly().waitFor();
      sinceNanos = System.nanoTime();
    }
  }

  void toggle() throws StartException, IOException, InterruptedException {
    if (isRunning()) {
      stop();
    } else {
      start();
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
