package dev.spanthrift.bench.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A redis-server: the one on the PATH, else the binary that comes with a Maven artefact. */
final class EngineProcess implements AutoCloseable {
  private static final String VERSION = "7.0.15";

  private final Path folder;
  private final Path binary;
  private final int port;
  private Process process;

  private EngineProcess(Path folder, Path binary, int port) throws IOException {
    this.folder = folder;
    this.binary = binary;
    this.port = port;
    process = launch();
  }

  static EngineProcess start(Path folder) throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    return new EngineProcess(folder, binary(folder), port);
  }

  private static Path binary(Path folder) throws IOException {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String name : List.of("redis-server", "valkey-server")) {
      Path found =
          Stream.of(path.split(":"))
              .map(p -> Path.of(p, name))
              .filter(Files::isExecutable)
              .findFirst()
              .orElse(null);
      if (found != null) {
        return found;
      }
    }
    boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
    boolean arm = System.getProperty("os.arch").contains("aarch64");
    String name =
        "redis-server-" + VERSION + (mac ? "-darwin-" : "-linux-") + (arm ? "arm64" : "amd64");
    Path file = folder.resolve(name);
    try (InputStream in = EngineProcess.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IOException("no redis-server on the PATH, and none for this machine");
      }
      Files.copy(in, file);
    }
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot be made executable: " + file);
    }
    return file;
  }

  private Process launch() throws IOException {
    Process started =
        new ProcessBuilder(
                binary.toString(),
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString(),
                "--save",
                "",
                "--appendonly",
                "no")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("engine.log").toFile())
            .start();
    while (started.isAlive() && !answers()) {
      LockSupport.parkNanos(20_000_000);
    }
    return started;
  }

  private boolean answers() {
    try {
      return command("PING").startsWith("+PONG");
    } catch (IOException notYet) {
      return false;
    }
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /** The first bytes of the answer. */
  String command(String... words) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5000);
      StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
      for (String word : words) {
        request.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
      }
      OutputStream out = socket.getOutputStream();
      out.write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      byte[] answer = new byte[8192];
      int n = socket.getInputStream().read(answer);
      return n < 0 ? "" : new String(answer, 0, n, StandardCharsets.ISO_8859_1);
    }
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Starts it again, empty, on the same port. */
  void restart() throws IOException {
    process = launch();
  }

  /** SIGSTOP or SIGCONT. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
