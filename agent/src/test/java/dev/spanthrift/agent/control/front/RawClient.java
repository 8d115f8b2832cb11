package dev.spanthrift.agent.control.front;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One connection, over which any bytes are sent and answers are read as they come. */
public final class RawClient implements AutoCloseable {
  private static final int LIMIT_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  /** An answer; header names in lower case. */
  public record Reply(int status, Map<String, String> headers, String body) {}

  public RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(LIMIT_MILLIS);
    in = socket.getInputStream();
  }

  /** Asks once on a connection of its own; lines without their ends. */
  public static Reply ask(int port, String... head) throws IOException {
    try (RawClient client = new RawClient(port)) {
      return client.send(head(head)).read();
    }
  }

  public static String head(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  public RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** The next answer, which has no body: to HEAD. */
  public Reply head() throws IOException {
    return read(false);
  }

  /** The next answer. */
  public Reply read() throws IOException {
    return read(true);
  }

  private Reply read(boolean withBody) throws IOException {
    String first = line();
    int status = Integer.parseInt(first.split(" ")[1]);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = withBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
    return new Reply(status, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
  }

  /** Whether the other side has ended the connection; waits for it. */
  public boolean isEnded() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException e) {
      return true; // reset
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("ended after \"" + line + "\"");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Ends with a reset instead of a goodbye. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
