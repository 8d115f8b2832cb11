package dev.spanthrift.agent.receive.grpc;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Speaks HTTP/2 by hand, so that a test can say what no proper client would. */
final class H2Peer implements AutoCloseable {
  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;

  /** One frame as it came. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    boolean endsStream() {
      return (type == DATA || type == HEADERS) && (flags & 1) != 0;
    }
  }

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private final Map<Integer, String> texts = new HashMap<>();
  private int nextStream = 1;

  H2Peer(InetSocketAddress address) {
    this(address, true);
  }

  /**
   * @param opens whether the preface and settings are sent
   */
  H2Peer(InetSocketAddress address, boolean opens) {
    try {
      socket = new Socket(address.getAddress(), address.getPort());
      socket.setSoTimeout(20_000);
      socket.setTcpNoDelay(true);
      out = socket.getOutputStream();
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      if (opens) {
        out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
        send(SETTINGS, 0, 0, settingNoTable());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A whole call; answers with all fields of all header blocks that came back. */
  Map<String, String> call(String encoding, byte[] data) {
    int stream = open(encoding);
    send(DATA, 1, stream, data);
    return answer(stream);
  }

  /** Sends the headers of a call to the trace service. */
  int open(String encoding) {
    return open(
        Map.of(
            ":path", "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            "content-type", "application/grpc",
            "grpc-encoding", encoding),
        false);
  }

  int open(Map<String, String> fields, boolean last) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(fields.containsKey(":method") ? 0 : 0x83); // POST
    if (fields.containsKey(":method")) {
      block.reset();
      literal(block, ":method", fields.get(":method"));
    }
    block.write(0x86); // http
    literal(block, ":path", fields.getOrDefault(":path", "/"));
    literal(block, ":authority", "localhost");
    fields.forEach(
        (name, value) -> {
          if (!name.startsWith(":")) {
            literal(block, name, value);
          }
        });
    int stream = nextStream;
    nextStream += 2;
    send(HEADERS, last ? 5 : 4, stream, block.toByteArray());
    return stream;
  }

  void send(int type, int flags, int stream, byte[] payload) {
    try {
      ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 9);
      int length = payload.length;
      frame.writeBytes(
          new byte[] {
            (byte) (length >> 16),
            (byte) (length >> 8),
            (byte) length,
            (byte) type,
            (byte) flags,
            (byte) (stream >> 24),
            (byte) (stream >> 16),
            (byte) (stream >> 8),
            (byte) stream
          });
      frame.writeBytes(payload);
      out.write(frame.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next frame that is not about settings, windows or pings; those are answered. */
  Frame read() {
    try {
      while (true) {
        Frame frame = next();
        if (frame.type == SETTINGS && (frame.flags & 1) == 0) {
          send(SETTINGS, 1, 0, new byte[0]);
        } else if (frame.type == PING && (frame.flags & 1) == 0) {
          send(PING, 1, 0, frame.payload);
        } else if (frame.type == DATA
            || frame.type == HEADERS
            || frame.type == RST_STREAM
            || frame.type == GOAWAY) {
          return frame;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All header fields of the answer on this stream, up to its end. */
  Map<String, String> answer(int stream) {
    Map<String, String> fields = new HashMap<>();
    while (true) {
      Frame frame = read();
      if (frame.type == GOAWAY) {
        throw new AssertionError("connection ended");
      }
      if (frame.stream == stream) {
        if (frame.type == HEADERS) {
          fields.putAll(Hpack.fields(frame.payload));
        } else if (frame.type == DATA) {
          texts.merge(stream, new String(frame.payload, StandardCharsets.UTF_8), String::concat);
        }
        if (frame.endsStream() || frame.type == RST_STREAM) {
          return fields;
        }
      }
    }
  }

  /** What came as DATA of a stream with its answer. */
  String text(int stream) {
    return texts.getOrDefault(stream, "");
  }

  void sendRaw(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the server has closed its side. */
  boolean ended() {
    try {
      while (true) {
        next();
      }
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The very next frame. */
  Frame frame() {
    try {
      return next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Frame next() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    return new Frame(type, flags, stream, in.readNBytes(length));
  }

  /** SETTINGS_HEADER_TABLE_SIZE 0: every block of the server can be read alone. */
  private static byte[] settingNoTable() {
    return new byte[] {0, 1, 0, 0, 0, 0};
  }

  private static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    string(block, name);
    string(block, value);
  }

  private static void string(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    int length = bytes.length;
    if (length < 127) {
      block.write(length);
    } else {
      block.write(127);
      int rest = length - 127;
      while (rest >= 128) {
        block.write(rest % 128 + 128);
        rest /= 128;
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }
}
