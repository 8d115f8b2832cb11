package dev.spanthrift.agent.fleet;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The script of the sums on a real engine, at a time that the test says: only the script's look at
 * the clock is replaced.
 */
final class VirtualEngine implements AutoCloseable {
  private static final String CLOCK = "redis.call('TIME')";
  private static final List<String> KEYS = List.of("{v}totals", "{v}reports", "{v}pods");

  private final Socket socket;
  private final DataInputStream in;
  private final byte[] digest;
  private long calls;

  VirtualEngine(RedisServer server) throws IOException {
    socket = new Socket("127.0.0.1", server.port());
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    String text = new String(Script.SUMS.text(), StandardCharsets.UTF_8);
    if (!text.contains(CLOCK)) {
      throw new IllegalStateException("the script looks at no clock");
    }
    digest = ask(ascii("SCRIPT"), ascii("LOAD"), ascii(text.replace(CLOCK, "{ARGV[8], 0}")));
  }

  /** Seven arguments as the script has them. */
  ByteBuffer sums(double seconds, byte[]... arguments) {
    byte[][] words = new byte[3 + KEYS.size() + arguments.length + 1][];
    words[0] = ascii("EVALSHA");
    words[1] = digest;
    words[2] = ascii(String.valueOf(KEYS.size()));
    for (int i = 0; i < KEYS.size(); i++) {
      words[3 + i] = ascii(KEYS.get(i));
    }
    System.arraycopy(arguments, 0, words, 3 + KEYS.size(), arguments.length);
    words[words.length - 1] = ascii(Double.toString(seconds));
    calls++;
    return ByteBuffer.wrap(ask(words)).order(ByteOrder.LITTLE_ENDIAN);
  }

  long calls() {
    return calls;
  }

  private byte[] ask(byte[]... words) {
    try {
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(ascii("*" + words.length + "\r\n"));
      for (byte[] word : words) {
        request.writeBytes(ascii("$" + word.length + "\r\n"));
        request.writeBytes(word);
        request.writeBytes(ascii("\r\n"));
      }
      OutputStream out = socket.getOutputStream();
      request.writeTo(out);
      out.flush();
      String first = line();
      if (!first.startsWith("$")) {
        throw new IOException(first);
      }
      byte[] answer = new byte[Integer.parseInt(first.substring(1))];
      in.readFully(answer);
      in.skipNBytes(2);
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed");
      }
      line.append((char) c);
    }
    return line.toString().trim();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
