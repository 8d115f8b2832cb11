package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.receive.TestKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A real redis-server as a process, from the binaries of a Maven artefact: nothing to install.
 *
 * <p>{@code -Dengine=/path/valkey-server} runs the tests on another one.
 */
public final class RedisServer implements AutoCloseable {
  private static final long LIMIT_NANOS = 20_000_000_000L;

  private final Path folder;
  private final int port;
  private final List<String> options;
  private Process process;

  private RedisServer(Path folder, int port, List<String> options) {
    this.folder = folder;
    this.port = port;
    this.options = options;
    process = launch();
  }

  /** Starts one on a free port and waits until it answers. */
  public static RedisServer start(Path folder, String... options) {
    return new RedisServer(folder, freePort(), List.of(options)).awaitAnswer();
  }

  /**
   * The same with a second port that speaks TLS.
   *
   * @param options such as {@code --tls-auth-clients no}
   */
  static RedisServer startTls(Path folder, int tlsPort, TestKeys keys, String... options) {
    List<String> all = new ArrayList<>(List.of("--tls-port", String.valueOf(tlsPort)));
    all.addAll(List.of("--tls-cert-file", keys.certificate().toString()));
    all.addAll(List.of("--tls-key-file", keys.key().toString()));
    all.addAll(List.of(options));
    return start(folder, all.toArray(String[]::new));
  }

  /** Without waiting for its answer: it may want a password. */
  public static RedisServer begin(Path folder, int port, String... options) {
    return new RedisServer(folder, port, List.of(options)).awaitPort();
  }

  public static int freePort() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress("127.0.0.1", 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process launch() {
    try {
      Files.createDirectories(folder);
      List<String> command = new ArrayList<>(List.of(binary().toString()));
      command.addAll(
          options.stream().filter(o -> o.endsWith(".conf") || o.equals("--sentinel")).toList());
      command.addAll(List.of("--port", String.valueOf(port), "--bind", "127.0.0.1"));
      command.addAll(List.of("--dir", folder.toString()));
      if (!options.contains("--sentinel")) {
        command.addAll(List.of("--save", "", "--appendonly", "no"));
      }
      command.addAll(
          options.stream().filter(o -> !o.endsWith(".conf") && !o.equals("--sentinel")).toList());
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(folder.resolve("engine-" + port + ".log").toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static synchronized Path binary() throws IOException {
    String given = System.getProperty("engine");
    if (given != null) {
      return Path.of(given);
    }
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String os = system.contains("mac") ? "darwin" : "linux";
    String arch = System.getProperty("os.arch").contains("aarch64") ? "arm64" : "amd64";
    String name = "redis-server-7.0.15-" + os + "-" + arch;
    Path file = Path.of("target").toAbsolutePath().resolve("engine").resolve(name);
    if (!Files.isExecutable(file)) {
      Files.createDirectories(file.getParent());
      Path fresh = Files.createTempFile(file.getParent(), name, "");
      try (InputStream in = RedisServer.class.getResourceAsStream("/" + name)) {
        Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
      }
      if (!fresh.toFile().setExecutable(true)) {
        throw new IOException("cannot be made executable: " + fresh);
      }
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  /** A folder for a PATH, in which the same program is {@code redis-server}. */
  public static Path onPath(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path program = folder.resolve("redis-server");
    Files.copy(binary(), program, StandardCopyOption.COPY_ATTRIBUTES);
    return folder;
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  private RedisServer awaitAnswer() {
    await(() -> command("PING").equals("+PONG"));
    return this;
  }

  private RedisServer awaitPort() {
    await(() -> !command("PING").isEmpty());
    return this;
  }

  private interface Attempt {
    boolean succeeds() throws IOException;
  }

  private void await(Attempt attempt) {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (true) {
      try {
        if (attempt.succeeds()) {
          return;
        }
      } catch (UncheckedIOException | IOException e) {
        if (System.nanoTime() > end) {
          throw new AssertionError(log(), e);
        }
      }
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new AssertionError("it does not answer: " + log());
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("engine-" + port + ".log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Sends one command over a connection of its own; the first line of the answer. */
  public String command(String... words) {
    return ask(words).getFirst();
  }

  /** The same; all lines of a bulk answer. */
  public List<String> ask(String... words) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(5_000);
      OutputStream out = socket.getOutputStream();
      StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
      for (String word : words) {
        request.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
      }
      out.write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      List<String> lines = new ArrayList<>();
      String first = in.readLine();
      if (first == null) {
        throw new IOException("closed");
      }
      lines.add(first);
      if (first.startsWith("$") && !first.startsWith("$-")) {
        int left = Integer.parseInt(first.substring(1));
        while (left > 0) {
          String line = in.readLine();
          lines.add(line);
          left -= line.length() + 2;
        }
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One figure of INFO. */
  public String info(String section, String key) {
    return Connector.line(String.join("\n", ask("INFO", section)), key + ":");
  }

  public long pid() {
    return process.pid();
  }

  /** SIGSTOP or SIGCONT. */
  public void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts it again after {@link #kill}, on the same port, empty. */
  public void restart() {
    process = launch();
    awaitPort();
  }

  @Override
  public void close() {
    kill();
  }
}
