package dev.spanthrift.exporter.destination;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;

/**
 * Answers each connection with bytes by hand, whatever is asked: reads a request's head and body of
 * HTTP/1.1, or what comes first, then writes.
 */
final class RawServer implements AutoCloseable {
  private final ServerSocket door;
  private final IntFunction<String> answers;
  final List<String> heads = new CopyOnWriteArrayList<>();

  /**
   * @param answers to the n-th request, from 0; after an answer with {@code Connection: close} the
   *     connection ends
   */
  RawServer(IntFunction<String> answers) throws IOException {
    this.answers = answers;
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
    try (client) {
      InputStream in = client.getInputStream();
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        heads.add(head);
        String answer = answers.apply(heads.size() - 1);
        client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().flush();
        if (answer.contains("Connection: close")) {
          client.shutdownOutput();
          in.transferTo(OutputStream.nullOutputStream()); // or a reset would overtake the answer
          return;
        }
      }
    } catch (IOException e) {
      return; // the client has gone
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int left = -1;
    for (int b = in.read(); b >= 0; b = in.read()) {
      bytes.write(b);
      String text = bytes.toString(StandardCharsets.ISO_8859_1);
      if (left < 0 && text.endsWith("\r\n\r\n")) {
        left =
            text.toLowerCase(java.util.Locale.ROOT).contains("content-length: ") ? length(text) : 0;
      } else if (left > 0) {
        left--;
      }
      if (left == 0) {
        return text;
      }
    }
    return "";
  }

  private static int length(String head) {
    String after = head.toLowerCase(java.util.Locale.ROOT).split("content-length: ")[1];
    return Integer.parseInt(after.substring(0, after.indexOf('\r')).trim());
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
