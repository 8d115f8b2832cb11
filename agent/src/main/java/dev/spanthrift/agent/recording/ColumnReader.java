package dev.spanthrift.agent.recording;

import dev.spanthrift.sampler.wire.FieldWriter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** The spans of one trace, whichever time they came; empty when there is none. */
  byte[] trace(long traceIdHigh, long traceIdLow) {
    Map<String, List<int[]>> found = new LinkedHashMap<>(); // places, by service
    for (; find(); at++) {
      SpanChunk columns = from.chunks.get(chunk);
      if (columns.traceIdLow[at] == traceIdLow && columns.traceIdHigh[at] == traceIdHigh) {
        String service = from.services[columns.operation[at]];
        found.computeIfAbsent(service, name -> new ArrayList<>()).add(new int[] {chunk, at});
      }
    }
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    found.forEach(
        (service, places) -> {
          encoder.begin(service);
          places.forEach(place -> encode(from.chunks.get(place[0]), place[1]));
          request.writeBytes(encoder.finish()); // requests one after the other are one request
        });
    return request.toByteArray();
  }

  private void encode(SpanChunk columns, int i) {
    encoder.add(columns, i, from.names[columns.operation[i]], from.errors[columns.signature[i]]);
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
        encode(columns, at);
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

    private final FieldWriter spans = new FieldWriter();
    private final FieldWriter span = new FieldWriter();
    private final FieldWriter pair = new FieldWriter();
    private final FieldWriter value = new FieldWriter();
    private final byte[] zeros = new byte[1024];
    private String service = "";

    void begin(String name) {
      service = name;
      spans.clear();
    }

    void add(SpanChunk columns, int i, String name, @Nullable String error) {
      int marks = columns.marks[i];
      span.clear();
      span.id(1, columns.traceIdHigh[i], columns.traceIdLow[i]);
      span.id(2, columns.spanId[i]);
      if ((marks & SpanChunk.HAS_PARENT) != 0) {
        span.id(4, columns.parentSpanId[i]);
      }
      span.text(5, name);
      span.number(6, marks & 7);
      long from = columns.startNanos[i];
      span.fixed64(7, from);
      span.fixed64(8, from + columns.durationNanos[i]);
      if (error != null && !error.isEmpty()) {
        attribute(span, 9, "error.type", error);
      }
      status(marks >> 3 & 3);
      flags(marks);
      pad(bodyLength(columns.bytes[i]) - span.size());
      spans.message(2, span);
    }

    /** Length of a message that takes so many bytes with tag and length. */
    private static int bodyLength(int bytes) {
      for (int head = 2; head < 6; head++) {
        if (FieldWriter.varintSize(bytes - head) == head - 1) {
          return bytes - head;
        }
      }
      return bytes - 2;
    }

    private void pad(int missing) {
      if (missing <= PADDING_TAG) {
        return; // without payload: up to two bytes smaller, or larger by the kind of error
      }
      int head = Math.min(PADDING_LENGTH, missing - PADDING_TAG);
      int length = missing - PADDING_TAG - head;
      span.varint(PADDING_FIELD << 3 | 2);
      for (int i = 0; i < head - 1; i++) {
        span.octet(length >>> (7 * i) & 0x7f | 0x80); // not the shortest: every size exists
      }
      span.octet(length >>> (7 * (head - 1)) & 0x7f);
      for (int left = length; left > 0; left -= zeros.length) {
        span.append(zeros, 0, Math.min(left, zeros.length));
      }
    }

    private void status(int code) {
      if (code == 1 || code == 2) {
        span.message(15, value.clear().number(3, code));
      }
    }

    private void flags(int marks) {
      int flags =
          ((marks & SpanChunk.KNOWS_REMOTE) != 0 ? 0x100 : 0)
              | ((marks & SpanChunk.IS_REMOTE) != 0 ? 0x200 : 0);
      if (flags != 0) {
        span.fixed32(16, flags);
      }
    }

    byte[] finish() {
      FieldWriter resource = span.clear();
      attribute(resource, 1, "service.name", service);
      FieldWriter resourceSpans = new FieldWriter().message(1, resource).message(2, spans);
      return new FieldWriter().message(1, resourceSpans).toBytes();
    }

    private void attribute(FieldWriter out, int field, String key, String text) {
      value.clear().text(1, text);
      out.message(field, pair.clear().text(1, key).message(2, value));
    }
  }
}
