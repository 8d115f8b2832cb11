package dev.spanthrift.agent.recording;

import dev.spanthrift.sampler.wire.MalformedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Changes times and ids of spans where they lie: fixed-size fields, so that nothing moves.
 *
 * <pre>
 * request 1 resource_spans · ResourceSpans 2 scope_spans · ScopeSpans 2 spans
 * Span 1 trace_id · 2 span_id · 4 parent · 7 start fixed64 · 8 end fixed64 · 11 events · 13 links
 * Event 1 time fixed64 · Link 1 trace_id · 2 span_id
 * </pre>
 *
 * <p>A time of 0 stays 0. Ids are combined with a mask by exclusive or, so that equal ids stay
 * equal and the last bytes of trace ids stay as random as they were. Not thread-safe.
 */
public final class SpanEdit {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[0];
  private long shiftNanos;
  private long mask;
  private long latestNanos;

  /**
   * Edits one ExportTraceServiceRequest.
   *
   * @param shiftNanos added to every time
   * @param mask for every 8 bytes of an id; 0 leaves them
   * @return the latest span end before the shift, 0 when there is none
   * @throws MalformedException if the bytes are no such request
   */
  public long apply(byte[] request, long shiftNanos, long mask) {
    bytes = request;
    this.shiftNanos = shiftNanos;
    this.mask = mask;
    latestNanos = 0;
    message(Level.REQUEST, 0, request.length);
    return latestNanos;
  }

  private enum Level {
    REQUEST,
    RESOURCE_SPANS,
    SCOPE_SPANS,
    SPAN,
    EVENT,
    LINK
  }

  private void message(Level level, int from, int end) {
    int at = from;
    while (at < end) {
      long tag = varint(at, end);
      at += varintSize(at);
      int field = (int) (tag >>> 3);
      switch ((int) tag & 7) {
        case 0 -> {
          varint(at, end);
          at += varintSize(at);
        }
        case 1 -> {
          time(level, field, at, end);
          at += 8;
        }
        case 2 -> {
          long length = varint(at, end);
          at += varintSize(at);
          if (length < 0 || length > end - at) {
            throw new MalformedException("length beyond its message", at);
          }
          delimited(level, field, at, (int) length);
          at += (int) length;
        }
        case 5 -> at += 4;
        default -> throw new MalformedException("wire type " + (tag & 7), at);
      }
    }
    if (at != end) {
      throw new MalformedException("truncated field", end);
    }
  }

  private void time(Level level, int field, int at, int end) {
    if (at + 8 > end) {
      throw new MalformedException("truncated field", at);
    }
    boolean ofSpan = level == Level.SPAN && (field == 7 || field == 8);
    long time = (long) LONG.get(bytes, at);
    if (time == 0 || !(ofSpan || (level == Level.EVENT && field == 1))) {
      return;
    }
    if (field == 8) {
      latestNanos = Math.max(latestNanos, time);
    }
    LONG.set(bytes, at, time + shiftNanos);
  }

  private void delimited(Level level, int field, int at, int length) {
    switch (level) {
      case REQUEST -> descend(field == 1, Level.RESOURCE_SPANS, at, length);
      case RESOURCE_SPANS -> descend(field == 2, Level.SCOPE_SPANS, at, length);
      case SCOPE_SPANS -> descend(field == 2, Level.SPAN, at, length);
      case SPAN -> {
        descend(field == 11, Level.EVENT, at, length);
        descend(field == 13, Level.LINK, at, length);
        id(field == 1 || field == 2 || field == 4, at, length);
      }
      case LINK -> id(field == 1 || field == 2, at, length);
      case EVENT -> {}
    }
  }

  private void descend(boolean wanted, Level level, int at, int length) {
    if (wanted) {
      message(level, at, at + length);
    }
  }

  private void id(boolean wanted, int at, int length) {
    if (wanted && mask != 0) {
      for (int i = 0; i + 8 <= length; i += 8) {
        LONG.set(bytes, at + i, (long) LONG.get(bytes, at + i) ^ mask);
      }
    }
  }

  private long varint(int at, int end) {
    long value = 0;
    for (int i = 0; i < 10; i++) {
      if (at + i >= end) {
        break;
      }
      value |= (bytes[at + i] & 0x7fL) << (7 * i);
      if (bytes[at + i] >= 0) {
        return value;
      }
    }
    throw new MalformedException("truncated varint", at);
  }

  private int varintSize(int at) {
    int size = 1;
    while (bytes[at + size - 1] < 0) {
      size++;
    }
    return size;
  }
}
