package dev.spanthrift.bench.speed;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * One pre-encoded request and the places in it that must change from pass to pass: trace ids, and
 * start and end times.
 */
public record Template(byte[] bytes, int spans, int[] traceIds, int[] times) {
  private static final int SPAN_TRACE_ID = 1;
  private static final int SPAN_START = 7;
  private static final int SPAN_END = 8;

  public static Template of(byte[] request) {
    Places places = new Places(request);
    places.message(CodedInputStream.newInstance(request), 0);
    return new Template(
        request,
        places.spans,
        Arrays.copyOf(places.traceIds, places.traceIdCount),
        Arrays.copyOf(places.times, places.timeCount));
  }

  /** Earliest start of a span, unix nanoseconds. */
  public long start() {
    long first = Long.MAX_VALUE;
    for (int at : times) {
      long time = Long.reverseBytes((long) Places.BIG_LONG.get(bytes, at));
      first = time == 0 ? first : Math.min(first, time);
    }
    return first;
  }

  /** Appends the request with other trace ids (exclusive or with the key) and shifted times. */
  public void write(ByteBuf out, long key, long shiftNanos) {
    int base = out.writerIndex();
    out.writeBytes(bytes);
    for (int at : traceIds) {
      out.setLong(base + at, out.getLong(base + at) ^ Long.rotateLeft(key, 23));
      out.setLong(base + at + 8, out.getLong(base + at + 8) ^ key);
    }
    for (int at : times) {
      out.setLongLE(base + at, out.getLongLE(base + at) + shiftNanos);
    }
  }

  /** Walks request → ResourceSpans → ScopeSpans → Span, whose field numbers are 1, 2 and 2. */
  private static final class Places {
    static final java.lang.invoke.VarHandle BIG_LONG =
        java.lang.invoke.MethodHandles.byteArrayViewVarHandle(
            long[].class, java.nio.ByteOrder.BIG_ENDIAN);
    private static final int[] CHILD = {1, 2, 2};

    final byte[] request;
    int spans;
    int[] traceIds = new int[64];
    int traceIdCount;
    int[] times = new int[128];
    int timeCount;

    Places(byte[] request) {
      this.request = request;
    }

    void message(CodedInputStream in, int depth) {
      try {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
          if (depth == CHILD.length) {
            spanField(in, tag);
          } else if (WireFormat.getTagFieldNumber(tag) == CHILD[depth]
              && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            int limit = in.pushLimit(in.readRawVarint32());
            spans += depth == CHILD.length - 1 ? 1 : 0;
            message(in, depth + 1);
            in.popLimit(limit);
          } else {
            in.skipField(tag);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void spanField(CodedInputStream in, int tag) throws IOException {
      int field = WireFormat.getTagFieldNumber(tag);
      int at = in.getTotalBytesRead();
      in.skipField(tag);
      if (field == SPAN_TRACE_ID && request[at] == 16) {
        traceIds =
            traceIdCount == traceIds.length ? Arrays.copyOf(traceIds, 2 * traceIdCount) : traceIds;
        traceIds[traceIdCount++] = at + 1;
      } else if (field == SPAN_START || field == SPAN_END) {
        times = timeCount == times.length ? Arrays.copyOf(times, 2 * timeCount) : times;
        times[timeCount++] = at;
      }
    }
  }
}
