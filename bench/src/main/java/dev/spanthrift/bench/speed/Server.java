package dev.spanthrift.bench.speed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The process that is measured: started by us and ended by us, or somebody else's. */
final class Server implements AutoCloseable {
  /** Where it listens. */
  record Ports(int grpc, int http, int admin) {
    /** All held at once, so that they differ. */
    static Ports free() {
      try (ServerSocket grpc = new ServerSocket(0);
          ServerSocket http = new ServerSocket(0);
          ServerSocket admin = new ServerSocket(0)) {
        return new Ports(grpc.getLocalPort(), http.getLocalPort(), admin.getLocalPort());
      } catch (IOException e) {
        throw new IllegalStateException("no free port: " + e.getMessage(), e);
      }
    }
  }

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(20);

  private final @Nullable Process process;
  private final long pid;
  private final Ports ports;

  private Server(@Nullable Process process, long pid, Ports ports) {
    this.process = process;
    this.pid = pid;
    this.ports = ports;
  }

  static Server running(long pid, Ports ports) {
    return new Server(null, pid, ports);
  }

  static Server start(ProcessBuilder command, Path log, Ports ports) {
    try {
      Process process = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      Server server = new Server(process, process.pid(), ports);
      server.awaitPort(ports.grpc(), log);
      server.awaitPort(ports.http(), log);
      return server;
    } catch (IOException e) {
      throw new IllegalStateException("cannot start the server: " + e.getMessage(), e);
    }
  }

  private void awaitPort(int port, Path log) {
    long end = System.nanoTime() + START.toNanos();
    while (!accepts(port)) {
      if (process != null && !process.isAlive()) {
        throw new IllegalStateException("the server ended at once, see " + log);
      }
      if (System.nanoTime() > end) {
        close();
        throw new IllegalStateException("nobody listens on " + port + ", see " + log);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  long pid() {
    return pid;
  }

  Ports ports() {
    return ports;
  }

  /** Ends what was started here, by its handle, and waits. */
  @Override
  public void close() {
    if (process == null) {
      return;
    }
    process.destroy();
    try {
      if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
