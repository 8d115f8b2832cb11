package dev.spanthrift.agent.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * TCP from a port of its own to another one, until it is cut: then connections stay open and
 * nothing comes through, as when a network drops packets.
 */
final class Cable implements AutoCloseable {
  private static final int PIECE = 16 << 10;

  private final ServerSocket server;
  private final int to;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean cut;

  Cable(int to) {
    this.to = to;
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  void cut() {
    cut = true;
  }

  /** What was under way is lost; who asks again is heard. */
  void mend() {
    sockets.forEach(Cable::end);
    sockets.clear();
    cut = false;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket one = server.accept();
        sockets.add(one);
        Socket other = new Socket();
        sockets.add(other);
        if (!cut) {
          other.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), to));
          Thread.ofVirtual().start(() -> carry(one, other));
          Thread.ofVirtual().start(() -> carry(other, one));
        }
      } catch (IOException e) { // closed, or nobody is at the other end
        continue;
      }
    }
  }

  private void carry(Socket from, Socket into) {
    byte[] piece = new byte[PIECE];
    try (from;
        into) {
      InputStream in = from.getInputStream();
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        if (!cut) {
          into.getOutputStream().write(piece, 0, n);
        }
      }
    } catch (IOException e) { // one of the two has gone: so does the other
      end(from);
      end(into);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.forEach(Cable::end);
  }
}
