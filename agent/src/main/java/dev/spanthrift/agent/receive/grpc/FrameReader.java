package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Stray;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Splits what a client sends into HTTP/2 frames.
 *
 * <p>DATA is handed on in the pieces in which it comes; any other frame, which is small, is handed
 * on whole. Nothing is kept of a piece but a frame that is not whole yet, 16 KiB at most. Throws
 * {@link Http2.Fault}, or {@link Http2.Stranger} when it is no client of HTTP/2, and nothing else.
 */
abstract class FrameReader {
  /** What a client may send before we give bytes back, on a stream and on all of them. */
  static final int STREAM_WINDOW_BYTES = 1 << 20;

  static final int CONNECTION_WINDOW_BYTES = 4 << 20;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte TLS_HANDSHAKE = 0x16; // content type of a record, RFC 8446, 5.1
  private static final int BETWEEN_FRAMES = -1;
  private static final byte[] NOTHING = new byte[0];

  private int prefaceRead;
  private long frames;
  private final byte[] header = new byte[Http2.FRAME_HEADER_BYTES];
  private int headerRead;
  private boolean settingsSeen;

  private int type = BETWEEN_FRAMES;
  private int flags;
  private int stream;
  private int left; // of the payload
  private int padding; // of it, at the end; -1 when its length is still to be read
  private byte[] kept = NOTHING; // of a frame that is not whole
  private int keptBytes;

  /** The client speaks HTTP/2. */
  abstract void opened();

  /** A DATA frame begins; all of its bytes count for the flow control. */
  abstract void dataBegins(int stream, int bytes);

  /** Bytes of a DATA frame: all that are readable; {@code last} when its stream ends with them. */
  abstract void data(int stream, ByteBuf piece, boolean last);

  /** Any other frame; its payload are the next {@code length} bytes. */
  abstract void frame(int type, int flags, int stream, ByteBuf payload, int length);

  boolean prefaceSeen() {
    return prefaceRead == PREFACE.length;
  }

  /** Reads all of it. */
  final void read(ByteBuf in) {
    if (!prefaceSeen()) {
      readPreface(in);
    }
    while (in.isReadable()) {
      if (type == BETWEEN_FRAMES) {
        begin(in);
      } else if (type == Http2.DATA) {
        readData(in);
      } else {
        readOther(in);
      }
    }
  }

  private void readPreface(ByteBuf in) {
    while (in.isReadable() && prefaceRead < PREFACE.length) {
      byte next = in.readByte();
      if (next != PREFACE[prefaceRead]) {
        throw new Http2.Stranger(strangerBy(next));
      }
      prefaceRead++;
    }
    if (prefaceSeen()) {
      opened();
    }
  }

  /** What begins with this byte after the part of the preface that did fit. */
  private Stray strangerBy(byte next) {
    if (prefaceRead == 0 && next == TLS_HANDSHAKE) {
      return Stray.TLS_ON_PLAIN;
    }
    boolean isMethod = prefaceRead < 3 && (Character.isLetter(next) || prefaceRead > 0);
    return isMethod ? Stray.HTTP1_ON_GRPC : Stray.NOT_HTTP;
  }

  /** Whether a frame has begun that is not whole. */
  boolean isMidway() {
    return type != BETWEEN_FRAMES || headerRead > 0;
  }

  /** Frames that have begun. */
  long frames() {
    return frames;
  }

  private void begin(ByteBuf in) {
    if (headerRead == 0 && in.readableBytes() >= header.length) {
      begin(in.readUnsignedMedium(), in.readUnsignedByte(), in.readUnsignedByte(), in.readInt());
      return;
    }
    int part = Math.min(in.readableBytes(), header.length - headerRead);
    in.readBytes(header, headerRead, part);
    headerRead += part;
    if (headerRead == header.length) {
      headerRead = 0;
      ByteBuf whole = Unpooled.wrappedBuffer(header);
      begin(
          whole.readUnsignedMedium(),
          whole.readUnsignedByte(),
          whole.readUnsignedByte(),
          whole.readInt());
    }
  }

  private void begin(int length, int frameType, int frameFlags, int streamBits) {
    if (length > Http2.DEFAULT_FRAME_BYTES) {
      throw new Http2.Fault(Http2.FRAME_SIZE_ERROR, "frame of " + length + " bytes");
    }
    if (!settingsSeen && frameType != Http2.SETTINGS) {
      throw new Http2.Fault(Http2.PROTOCOL_ERROR, "no SETTINGS first");
    }
    settingsSeen = true;
    frames++;
    type = frameType;
    flags = frameFlags;
    stream = streamBits & Integer.MAX_VALUE;
    left = length;
    if (type == Http2.DATA) {
      padding = (flags & Http2.PADDED) == 0 ? 0 : -1;
      dataBegins(stream, length);
    }
    if (length == 0) {
      finishEmpty();
    }
  }

  /** A frame without payload is over with its header: there may be no more bytes to read. */
  private void finishEmpty() {
    int ended = type;
    type = BETWEEN_FRAMES;
    if (ended == Http2.DATA) {
      data(stream, Unpooled.EMPTY_BUFFER, (flags & Http2.END_STREAM) != 0);
    } else {
      frame(ended, flags, stream, Unpooled.EMPTY_BUFFER, 0);
    }
  }

  private void readData(ByteBuf in) {
    if (padding < 0) {
      padding = in.readUnsignedByte();
      left--;
      if (padding > left) {
        throw new Http2.Fault(Http2.PROTOCOL_ERROR, "padding longer than its frame");
      }
    }
    if (left >= padding) {
      readPiece(in);
    }
    if (left < 0) { // the data is over: what is left is -(padding + 1)
      int skipped = Math.min(in.readableBytes(), -1 - left);
      in.skipBytes(skipped);
      left += skipped;
      type = left == -1 ? BETWEEN_FRAMES : type;
    }
  }

  private void readPiece(ByteBuf in) {
    int bytes = Math.min(in.readableBytes(), left - padding);
    boolean whole = bytes == left - padding;
    int after = in.readerIndex() + bytes;
    int writer = in.writerIndex();
    in.writerIndex(after);
    left = whole ? -(padding + 1) : left - bytes;
    try {
      data(stream, in, whole && (flags & Http2.END_STREAM) != 0);
    } finally {
      in.writerIndex(writer).readerIndex(after);
    }
  }

  private void readOther(ByteBuf in) {
    if (keptBytes == 0 && in.readableBytes() >= left) {
      int after = in.readerIndex() + left;
      finish(in, left);
      in.readerIndex(after);
      return;
    }
    int part = Math.min(in.readableBytes(), left - keptBytes);
    if (kept.length < keptBytes + part) {
      kept = Arrays.copyOf(kept, Math.min(left, Math.max(64, 2 * (keptBytes + part))));
    }
    in.readBytes(kept, keptBytes, part);
    keptBytes += part;
    if (keptBytes == left) {
      ByteBuf whole = Unpooled.wrappedBuffer(kept, 0, left);
      kept = NOTHING;
      keptBytes = 0;
      finish(whole, left);
    }
  }

  private void finish(ByteBuf payload, int length) {
    int ended = type;
    type = BETWEEN_FRAMES;
    frame(ended, flags, stream, payload, length);
  }
}
