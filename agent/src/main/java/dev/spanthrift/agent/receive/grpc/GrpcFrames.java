package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.ReceiveSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;

/** What the frames of one client mean. Source: RFC 9113, section 6. */
final class GrpcFrames extends FrameReader {
  /** Clients reset what is refused before it was sent whole: overload is no attack. */
  private static final int MAX_RESETS = 2_000;

  private static final long RESET_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int MAX_FRAMES_OF_NOTHING = 1_000; // in a row
  private static final int PRIORITY_BYTES = 5;

  private final int maxStreams;
  private final int maxHeaderBytes;
  private final GrpcCalls calls;
  private final FrameQueue out;
  private final CallHeads heads;

  private int unreturned; // bytes received that were not given back to the connection's window
  private int continued; // the stream whose header block is not whole
  private boolean continuedEnds;
  private ByteBuf block = Unpooled.EMPTY_BUFFER; // of it, as far as it has come
  private int framesOfNothing;
  private int resets;
  private long resetsSince;

  GrpcFrames(ReceiveSettings settings, GrpcCalls calls, FrameQueue out) {
    this.maxStreams = settings.maxStreams();
    this.maxHeaderBytes = settings.maxHeaderBytes();
    this.calls = calls;
    this.out = out;
    this.heads = new CallHeads(maxHeaderBytes);
  }

  /** What a server says first. */
  @Override
  void opened() {
    ByteBuf first = out.frames();
    Http2.header(first, 3 * Http2.SETTING_BYTES, Http2.SETTINGS, 0, 0);
    first.writeShort(Http2.MAX_CONCURRENT_STREAMS).writeInt(maxStreams);
    first.writeShort(Http2.INITIAL_WINDOW_SIZE).writeInt(STREAM_WINDOW_BYTES);
    first.writeShort(Http2.MAX_HEADER_LIST_SIZE).writeInt(maxHeaderBytes);
    Http2.windowUpdate(first, 0, CONNECTION_WINDOW_BYTES - Http2.DEFAULT_WINDOW_BYTES);
  }

  @Override
  boolean isMidway() {
    return continued != 0 || super.isMidway();
  }

  @Override
  void dataBegins(int id, int bytes) {
    requireOpened(id);
    unreturned += bytes;
    if (unreturned > CONNECTION_WINDOW_BYTES) {
      throw new Http2.Fault(Http2.FLOW_CONTROL_ERROR, "more than its window");
    }
    if (unreturned >= CONNECTION_WINDOW_BYTES / 2) {
      Http2.windowUpdate(out.frames(), 0, unreturned);
      unreturned = 0;
    }
    count(bytes == 0);
  }

  @Override
  void data(int id, ByteBuf piece, boolean last) {
    calls.data(id, piece, last);
  }

  @Override
  void frame(int type, int flags, int id, ByteBuf in, int length) {
    if ((continued != 0) != (type == Http2.CONTINUATION) || (continued != 0 && continued != id)) {
      throw new Http2.Fault(Http2.PROTOCOL_ERROR, "header block interrupted");
    }
    switch (type) {
      case Http2.HEADERS -> headers(flags, id, in, length);
      case Http2.CONTINUATION -> continuation(flags, in, length);
      case Http2.RST_STREAM -> reset(id, length);
      case Http2.SETTINGS -> settings(flags, id, in, length);
      case Http2.PING -> ping(flags, id, in, length);
      case Http2.WINDOW_UPDATE -> windowUpdate(id, in, length);
      case Http2.PRIORITY -> priority(id, length);
      case Http2.GOAWAY -> goAway(id);
      case Http2.PUSH_PROMISE -> throw new Http2.Fault(Http2.PROTOCOL_ERROR, "clients do not push");
      default -> count(true); // extensions: section 5.5
    }
  }

  /** Frames that do nothing cost as much as others: no client needs many in a row. */
  private void count(boolean isNothing) {
    framesOfNothing = isNothing ? framesOfNothing + 1 : 0;
    if (framesOfNothing > MAX_FRAMES_OF_NOTHING) {
      throw new Http2.Fault(Http2.ENHANCE_YOUR_CALM, "frames that do nothing");
    }
  }

  private void requireOpened(int id) {
    if (id == 0 || id > calls.lastStream()) {
      throw new Http2.Fault(Http2.PROTOCOL_ERROR, "frame of a stream that was never opened");
    }
    if (continued != 0) {
      throw new Http2.Fault(Http2.PROTOCOL_ERROR, "header block interrupted");
    }
  }

  private void headers(int flags, int id, ByteBuf in, int length) {
    int end = in.readerIndex() + length;
    if ((flags & Http2.PADDED) != 0) {
      require(length >= 1, Http2.FRAME_SIZE_ERROR);
      end -= in.readUnsignedByte();
    }
    if ((flags & Http2.HAS_PRIORITY) != 0) {
      require(end - in.readerIndex() >= PRIORITY_BYTES, Http2.FRAME_SIZE_ERROR);
      in.skipBytes(PRIORITY_BYTES);
    }
    require(end >= in.readerIndex() && (id & 1) == 1, Http2.PROTOCOL_ERROR);
    boolean last = (flags & Http2.END_STREAM) != 0;
    if ((flags & Http2.END_HEADERS) != 0) {
      block(id, last, in, end - in.readerIndex());
    } else {
      continued = id;
      continuedEnds = last;
      block = Unpooled.buffer(2 * length).writeBytes(in, end - in.readerIndex());
    }
  }

  private void continuation(int flags, ByteBuf in, int length) {
    count(length == 0);
    if (block.readableBytes() + length > maxHeaderBytes) {
      throw new Http2.Fault(Http2.ENHANCE_YOUR_CALM, "header block too large");
    }
    block.writeBytes(in, length);
    if ((flags & Http2.END_HEADERS) != 0) {
      int id = continued;
      continued = 0;
      block(id, continuedEnds, block, block.readableBytes());
      block = Unpooled.EMPTY_BUFFER;
    }
  }

  private void block(int id, boolean last, ByteBuf in, int length) {
    count(false);
    calls.headers(id, heads.read(in, length), last); // read always: it may change the table
  }

  private void reset(int id, int length) {
    require(length == 4, Http2.FRAME_SIZE_ERROR);
    requireOpened(id);
    long now = System.nanoTime();
    if (resets++ == 0 || now - resetsSince > RESET_WINDOW_NANOS) {
      resets = 1;
      resetsSince = now;
    }
    require(resets <= MAX_RESETS, Http2.ENHANCE_YOUR_CALM);
    calls.cut(id);
  }

  private void settings(int flags, int id, ByteBuf in, int length) {
    require(id == 0, Http2.PROTOCOL_ERROR);
    boolean ack = (flags & Http2.ACK) != 0;
    require(ack ? length == 0 : length % Http2.SETTING_BYTES == 0, Http2.FRAME_SIZE_ERROR);
    count(true);
    if (ack) {
      return;
    }
    for (int left = length; left > 0; left -= Http2.SETTING_BYTES) {
      setting(in.readUnsignedShort(), in.readUnsignedInt());
    }
    Http2.header(out.frames(), 0, Http2.SETTINGS, Http2.ACK, 0);
    calls.sendWaiting();
  }

  private void setting(int name, long value) {
    switch (name) {
      case Http2.HEADER_TABLE_SIZE -> {
        if (value < Http2.DEFAULT_TABLE_BYTES) {
          calls.shrinkTable();
        }
      }
      case Http2.ENABLE_PUSH -> require(value <= 1, Http2.PROTOCOL_ERROR);
      case Http2.INITIAL_WINDOW_SIZE -> calls.initialWindow(value);
      case Http2.MAX_FRAME_SIZE ->
          require(value >= Http2.DEFAULT_FRAME_BYTES && value < 1 << 24, Http2.PROTOCOL_ERROR);
      default -> {} // about requests of ours, or unknown: section 6.5.2
    }
  }

  private void ping(int flags, int id, ByteBuf in, int length) {
    require(length == 8, Http2.FRAME_SIZE_ERROR);
    require(id == 0, Http2.PROTOCOL_ERROR);
    count(true);
    if ((flags & Http2.ACK) == 0) {
      Http2.header(out.frames(), 8, Http2.PING, Http2.ACK, 0);
      out.frames().writeLong(in.readLong());
    }
  }

  private void windowUpdate(int id, ByteBuf in, int length) {
    require(length == 4, Http2.FRAME_SIZE_ERROR);
    int bytes = in.readInt() & Integer.MAX_VALUE;
    require(bytes != 0, Http2.PROTOCOL_ERROR);
    if (id != 0) {
      requireOpened(id);
    }
    calls.widen(id, bytes);
  }

  /** All answers are small: nothing is to be preferred. */
  private void priority(int id, int length) {
    require(id != 0, Http2.PROTOCOL_ERROR);
    require(length == PRIORITY_BYTES, Http2.FRAME_SIZE_ERROR);
    count(true);
  }

  /** The client opens no more calls, and closes when it has its answers. */
  private void goAway(int id) {
    require(id == 0, Http2.PROTOCOL_ERROR);
    count(true);
  }

  private static void require(boolean met, int code) {
    if (!met) {
      throw new Http2.Fault(code, "malformed frame");
    }
  }
}
