package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Stray;
import io.netty.buffer.ByteBuf;

/**
 * Frames of HTTP/2, as they are written. Source: RFC 9113, sections 4.1, 6 and 7.
 *
 * <pre>
 * frame = length (24) type (8) flags (8) stream (32) payload
 * </pre>
 */
final class Http2 {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int ACK = 1;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  static final int PADDED = 8;
  static final int HAS_PRIORITY = 0x20;

  static final int NO_ERROR = 0;
  static final int PROTOCOL_ERROR = 1;
  static final int FLOW_CONTROL_ERROR = 3;
  static final int STREAM_CLOSED = 5;
  static final int FRAME_SIZE_ERROR = 6;
  static final int REFUSED_STREAM = 7;
  static final int COMPRESSION_ERROR = 9;
  static final int ENHANCE_YOUR_CALM = 11;

  static final int HEADER_TABLE_SIZE = 1;
  static final int ENABLE_PUSH = 2;
  static final int MAX_CONCURRENT_STREAMS = 3;
  static final int INITIAL_WINDOW_SIZE = 4;
  static final int MAX_FRAME_SIZE = 5;
  static final int MAX_HEADER_LIST_SIZE = 6;

  static final int FRAME_HEADER_BYTES = 9;
  static final int SETTING_BYTES = 6;
  static final int DEFAULT_FRAME_BYTES = 1 << 14;
  static final int DEFAULT_TABLE_BYTES = 4096;
  static final int DEFAULT_WINDOW_BYTES = 65_535;
  static final int WINDOW_BYTES_MAX = Integer.MAX_VALUE;

  private Http2() {}

  /** A client breaks the protocol: its connection ends. Without a stack, as it says nothing. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    final int code;

    Fault(int code, String message) {
      super(message, null, false, false);
      this.code = code;
    }
  }

  /** Somebody who speaks another protocol. */
  static final class Stranger extends RuntimeException {
    private static final long serialVersionUID = 1;

    final Stray kind;

    Stranger(Stray kind) {
      super(kind.name(), null, false, false);
      this.kind = kind;
    }
  }

  static void header(ByteBuf out, int length, int type, int flags, int stream) {
    out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
  }

  static void headers(ByteBuf out, int stream, byte[] block, boolean last) {
    header(out, block.length, HEADERS, last ? END_HEADERS | END_STREAM : END_HEADERS, stream);
    out.writeBytes(block);
  }

  static void windowUpdate(ByteBuf out, int stream, int bytes) {
    header(out, 4, WINDOW_UPDATE, 0, stream);
    out.writeInt(bytes);
  }

  static void reset(ByteBuf out, int stream, int code) {
    header(out, 4, RST_STREAM, 0, stream);
    out.writeInt(code);
  }

  static void goAway(ByteBuf out, int lastStream, int code) {
    header(out, 8, GOAWAY, 0, 0);
    out.writeInt(lastStream).writeInt(code);
  }
}
