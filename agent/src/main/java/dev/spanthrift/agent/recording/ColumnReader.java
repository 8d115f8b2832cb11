package dev.spanthrift.agent.recording;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests of recorded columns, so that they can go the way that all requests go.
 *
 * <p>Spans that came in the same millisecond for the same service are one request. A span gets what
 * the columns know, and an unknown field in the place of its payload, so that it has its old size.
 */
public final class ColumnReader {
  private static final int SPANS_MAX = 512;

  private final SpanRing.Snapshot from;
  private final SpanEncoder encoder = new SpanEncoder();
  private int chunk;
  private int at;
  private long millis;

  ColumnReader(SpanRing.Snapshot from) {
    this.from = from;
  }

  /** The next request; null at the end. */
  public byte @Nullable [] next() {
    return advance(true) ? encoder.finish() : null;
  }

  /** Passes by one request; false at the end. */
  boolean skip() {
    return advance(false);
  }

  /** When the last request came, unix milliseconds. */
  public long millis() {
    return millis;
  }

  private boolean advance(boolean encode) {
    if (!find()) {
      return false;
    }
    SpanChunk first = from.chunks.get(chunk);
    millis = first.arrivalMillis(at);
    String service = from.services[first.operation[at]];
    if (encode) {
      encoder.begin(service);
    }
    int spans = 0;
    while (spans < SPANS_MAX && find()) {
      SpanChunk columns = from.chunks.get(chunk);
      if (columns.arrivalMillis(at) != millis
          || !service.equals(from.services[columns.operation[at]])) {
        break;
      }
      if (encode) {
        encoder.add(
            columns, at, from.names[columns.operation[at]], from.errors[columns.signature[at]]);
      }
      at++;
      spans++;
    }
    return true;
  }

  /** Moves to the next span that is young enough; false when there is none. */
  private boolean find() {
    while (chunk < from.chunks.size()) {
      SpanChunk columns = from.chunks.get(chunk);
      for (; at < from.sizes[chunk]; at++) {
        if (columns.arrivalMillis(at) >= from.fromMillis) {
          return true;
        }
      }
      chunk++;
      at = 0;
    }
    return false;
  }

  /** An OTLP request of one service, span by span. */
  private static final class SpanEncoder {
    private static final int PADDING_FIELD = 1_000; // in no specification: kept and not read
    private static final int PADDING_TAG = 2; // bytes
    private static final int PADDING_LENGTH = 5; // bytes, at most

    private byte[] spans = new byte[1 << 16];
    private int size;
    private byte[] service = new byte[0];

    void begin(String name) {
      service = utf8(name);
      size = 0;
    }

    void add(SpanChunk columns, int i, String name, @Nullable String error) {
      int marks = columns.marks[i];
      byte[] text = utf8(name);
      byte[] kindOfError = error == null ? new byte[0] : utf8(error);
      room(columns.bytes[i] + text.length + kindOfError.length + 200);
      int start = size;
      size += 6; // tag and length, moved up to the body at the end
      int body = size;
      id16(1, columns.traceIdHigh[i], columns.traceIdLow[i]);
      id8(2, columns.spanId[i]);
      if ((marks & SpanChunk.HAS_PARENT) != 0) {
        id8(4, columns.parentSpanId[i]);
      }
      bytes(5, text);
      number(6, marks & 7);
      long from = columns.startNanos[i];
      fixed64(7, from);
      fixed64(8, from + columns.durationNanos[i]);
      if (kindOfError.length > 0) {
        attribute(9, utf8("error.type"), kindOfError);
      }
      status(marks >> 3 & 3);
      flags(marks);
      pad(bodyLength(columns.bytes[i]) - (size - body));
      int length = size - body;
      size = start;
      tag(2, 2);
      varint(length);
      System.arraycopy(spans, body, spans, size, length);
      size += length;
    }

    /** Length of a message that takes so many bytes with tag and length. */
    private static int bodyLength(int bytes) {
      for (int head = 2; head < 6; head++) {
        if (varintSize(bytes - head) == head - 1) {
          return bytes - head;
        }
      }
      return bytes - 2;
    }

    private static int varintSize(int value) {
      int size = 1;
      for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
        size++;
      }
      return size;
    }

    private void pad(int missing) {
      if (missing <= PADDING_TAG) {
        return; // without payload: up to two bytes smaller, or larger by the kind of error
      }
      tag(PADDING_FIELD, 2);
      int head = Math.min(PADDING_LENGTH, missing - PADDING_TAG);
      int length = missing - PADDING_TAG - head;
      for (int i = 0; i < head - 1; i++) {
        put(length >>> (7 * i) & 0x7f | 0x80); // not the shortest form, so that every size exists
      }
      put(length >>> (7 * (head - 1)) & 0x7f);
      Arrays.fill(spans, size, size + length, (byte) 0);
      size += length;
    }

    private void status(int code) {
      if (code == 1 || code == 2) {
        tag(15, 2);
        put(2);
        put(3 << 3);
        put(code);
      }
    }

    private void flags(int marks) {
      int flags =
          ((marks & SpanChunk.KNOWS_REMOTE) != 0 ? 0x100 : 0)
              | ((marks & SpanChunk.IS_REMOTE) != 0 ? 0x200 : 0);
      if (flags != 0) {
        tag(16, 5);
        for (int i = 0; i < 4; i++) {
          put(flags >>> (8 * i));
        }
      }
    }

    byte[] finish() {
      byte[] all = Arrays.copyOf(spans, size);
      size = 0;
      attribute(1, utf8("service.name"), service);
      byte[] resource = Arrays.copyOf(spans, size);
      size = 0;
      room(all.length + resource.length + 64);
      int scope = 1 + varintSize(all.length) + all.length;
      tag(1, 2);
      varint(1 + varintSize(resource.length) + resource.length + scope);
      bytes(1, resource);
      bytes(2, all);
      return Arrays.copyOf(spans, size);
    }

    private void attribute(int field, byte[] key, byte[] value) {
      room(key.length + value.length + 40);
      int any = 1 + varintSize(value.length) + value.length;
      int pair = 1 + varintSize(key.length) + key.length + 1 + varintSize(any) + any;
      tag(field, 2);
      varint(pair);
      bytes(1, key);
      tag(2, 2);
      varint(any);
      bytes(1, value);
    }

    private void bytes(int field, byte[] value) {
      tag(field, 2);
      varint(value.length);
      System.arraycopy(value, 0, spans, size, value.length);
      size += value.length;
    }

    private void id16(int field, long high, long low) {
      tag(field, 2);
      put(16);
      big(high);
      big(low);
    }

    private void id8(int field, long id) {
      tag(field, 2);
      put(8);
      big(id);
    }

    private void big(long value) {
      for (int shift = 56; shift >= 0; shift -= 8) {
        put((int) (value >>> shift));
      }
    }

    private void fixed64(int field, long value) {
      tag(field, 1);
      for (int shift = 0; shift < 64; shift += 8) {
        put((int) (value >>> shift));
      }
    }

    private void number(int field, int value) {
      tag(field, 0);
      put(value);
    }

    private void tag(int field, int type) {
      varint(field << 3 | type);
    }

    private void varint(int value) {
      int rest = value;
      while (rest >>> 7 != 0) {
        put(rest & 0x7f | 0x80);
        rest >>>= 7;
      }
      put(rest);
    }

    private void put(int value) {
      spans[size++] = (byte) value;
    }

    private void room(int more) {
      if (size + more > spans.length) {
        spans = Arrays.copyOf(spans, Math.max(size + more, spans.length * 2));
      }
    }

    private static byte[] utf8(String text) {
      return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
  }
}
