package dev.spanthrift.exporter.destination;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy that answers CONNECT with a tunnel and an absolute target with what it finds there; every
 * name leads to one backend, so that only the proxy knows it.
 */
final class HttpProxyServer implements AutoCloseable {
  private final ServerSocket door;
  private final int target;
  private final String authorization;

  /** First lines of what was asked. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /**
   * @param authorization that clients must show; empty when none
   */
  HttpProxyServer(int target, String authorization) throws IOException {
    this.target = target;
    this.authorization = authorization;
    door = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket server = new Socket(InetAddress.getByName("127.0.0.1"), target)) {
      String head = head(client.getInputStream());
      asked.add(head.lines().findFirst().orElse(""));
      if (!authorization.isEmpty() && !head.contains(": " + authorization + "\r\n")) {
        say(client, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      if (head.startsWith("CONNECT ")) {
        say(client, "HTTP/1.1 200 Connection established\r\n\r\n");
      } else if (head.startsWith("POST http://")) {
        String path = head.substring(head.indexOf('/', "POST http://".length()));
        say(server, "POST " + path.replaceAll("(?mi)^proxy-authorization:.*\r\n", ""));
      } else {
        say(client, "HTTP/1.1 400 No absolute target\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      Thread back = Thread.ofVirtual().start(() -> copy(server, client));
      copy(client, server);
      back.join();
    } catch (IOException | InterruptedException e) {
      return; // one of them has gone
    }
  }

  private static void say(Socket to, String text) throws IOException {
    to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      if (head.toString().toLowerCase(Locale.ROOT).endsWith("\r\n\r\n")) {
        break;
      }
    }
    return head.toString();
  }

  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
      to.close();
    } catch (IOException e) {
      return; // gone
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
