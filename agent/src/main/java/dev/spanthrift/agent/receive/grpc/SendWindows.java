package dev.spanthrift.agent.receive.grpc;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * How much a client lets us send (RFC 9113, 5.2), and the answers that wait for more.
 *
 * <p>Only messages count, and nearly all are five bytes: an answer waits when a client has stopped
 * giving windows back. Then those behind it on the connection wait too.
 */
final class SendWindows {
  private int initial = Http2.DEFAULT_WINDOW_BYTES;
  private long connection = Http2.DEFAULT_WINDOW_BYTES;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** What comes behind the bytes of an answer. */
  enum Behind {
    /** The trailers of success. */
    TRAILERS,
    /** Nothing: the last of the bytes ends the stream. */
    NOTHING,
    /** What is not known yet: the stream stays open. */
    MORE
  }

  private static final class Waiting {
    final GrpcCall call;
    final byte[] message;
    final Behind behind;
    int sent;

    Waiting(GrpcCall call, byte[] message, Behind behind) {
      this.call = call;
      this.message = message;
      this.behind = behind;
    }
  }

  /** What a new stream may be sent. */
  int initial() {
    return initial;
  }

  /** Takes the bytes from both windows, if both have them and nobody waits. */
  boolean take(GrpcCall call, int bytes) {
    if (!waiting.isEmpty() || connection < bytes || call.sendWindow < bytes) {
      return false;
    }
    connection -= bytes;
    call.sendWindow -= bytes;
    return true;
  }

  /** Whether no answer waits. */
  boolean isFree() {
    return waiting.isEmpty();
  }

  /** Waits with a message whose opening headers were sent. */
  void await(GrpcCall call, byte[] message, Behind behind) {
    waiting.add(new Waiting(call, message, behind));
  }

  void forget(GrpcCall call) {
    waiting.removeIf(w -> w.call == call);
  }

  /** Sends what fits by now; answers with the next call whose answer is complete, or null. */
  @Nullable GrpcCall next(ByteBuf out) {
    while (!waiting.isEmpty()) {
      Waiting first = waiting.getFirst();
      int left = first.message.length - first.sent;
      int frame = Math.min(left, Http2.DEFAULT_FRAME_BYTES);
      int bytes = (int) Math.min(frame, Math.min(connection, first.call.sendWindow));
      if (bytes <= 0) {
        return null;
      }
      boolean ends = bytes == left && first.behind == Behind.NOTHING;
      Http2.header(out, bytes, Http2.DATA, ends ? Http2.END_STREAM : 0, first.call.id);
      out.writeBytes(first.message, first.sent, bytes);
      first.sent += bytes;
      connection -= bytes;
      first.call.sendWindow -= bytes;
      if (bytes == left) {
        waiting.removeFirst();
        if (first.behind == Behind.TRAILERS) {
          Http2.headers(out, first.call.id, GrpcReplies.CLOSING, true);
        }
        if (first.behind != Behind.MORE) {
          return first.call;
        }
      }
    }
    return null;
  }

  /** A WINDOW_UPDATE for the connection. */
  void widen(int bytes) {
    connection = checked(connection + bytes);
  }

  /** A WINDOW_UPDATE for a stream; false when its window would be too large. */
  static boolean widen(GrpcCall call, int bytes) {
    call.sendWindow += bytes;
    return call.sendWindow <= Http2.WINDOW_BYTES_MAX;
  }

  private static long checked(long window) {
    if (window > Http2.WINDOW_BYTES_MAX) {
      throw new Http2.Fault(Http2.FLOW_CONTROL_ERROR, "window above 2^31-1");
    }
    return window;
  }

  /** The client's SETTINGS_INITIAL_WINDOW_SIZE; goes for open streams too (RFC 9113, 6.9.2). */
  void initial(long bytes, Iterable<GrpcCall> open) {
    if (bytes < 0 || bytes > Http2.WINDOW_BYTES_MAX) {
      throw new Http2.Fault(Http2.FLOW_CONTROL_ERROR, "initial window " + bytes);
    }
    long change = bytes - initial;
    initial = (int) bytes;
    for (GrpcCall call : open) {
      call.sendWindow = checked(call.sendWindow + change);
    }
  }
}
