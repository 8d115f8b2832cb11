package dev.spanthrift.agent.recording;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.wire.MalformedException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpanEditTest {
  private static final long FLUSH = 1_660_000_000_000_000_000L;

  private static Span only(ExportTraceServiceRequest request) {
    return request.getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }

  @Test
  void shiftsTheTimesOfSpansAndEventsAndNothingElse() throws Exception {
    ExportTraceServiceRequest before = Recordings.requests(1, FLUSH).getFirst();
    byte[] bytes = before.toByteArray();
    long latest = new SpanEdit().apply(bytes, 77, 0);
    Span was = only(before);
    Span is = only(ExportTraceServiceRequest.parseFrom(bytes));
    assertEquals(was.getEndTimeUnixNano(), latest);
    Span.Builder expected =
        was.toBuilder()
            .setStartTimeUnixNano(was.getStartTimeUnixNano() + 77)
            .setEndTimeUnixNano(was.getEndTimeUnixNano() + 77);
    expected.getEventsBuilder(0).setTimeUnixNano(was.getEvents(0).getTimeUnixNano() + 77);
    assertEquals(expected.build(), is);
    new SpanEdit().apply(bytes, -77, 0);
    assertArrayEquals(before.toByteArray(), bytes);
  }

  @Test
  void changesIdsSoThatEqualOnesStayEqual() throws Exception {
    ExportTraceServiceRequest before = Recordings.requests(2, FLUSH).getFirst();
    byte[] bytes = before.toByteArray();
    SpanEdit edit = new SpanEdit();
    edit.apply(bytes, 0, 0x0123456789abcdefL);
    Span was = only(before);
    Span is = only(ExportTraceServiceRequest.parseFrom(bytes));
    assertNotEquals(was.getTraceId(), is.getTraceId());
    long change = Recordings.low(was.getTraceId()) ^ Recordings.low(is.getTraceId());
    assertEquals(change, Recordings.low(was.getSpanId()) ^ Recordings.low(is.getSpanId()));
    assertEquals(
        change, Recordings.low(was.getParentSpanId()) ^ Recordings.low(is.getParentSpanId()));
    assertEquals(
        change,
        Recordings.low(was.getLinks(0).getSpanId()) ^ Recordings.low(is.getLinks(0).getSpanId()));
    edit.apply(bytes, 0, 0x0123456789abcdefL);
    assertArrayEquals(before.toByteArray(), bytes);
  }

  @Test
  void corruptionOnlyEverRaisesTheOneException() {
    long seed = 20_261_124L;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    byte[] good = Recordings.requests(seed, FLUSH).getFirst().toByteArray();
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = java.util.Arrays.copyOf(good, 1 + random.nextInt(good.length));
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        new SpanEdit().apply(bad, 1, 1);
      } catch (MalformedException e) {
        refused++;
      }
    }
    assertTrue(refused > 10_000, "refused " + refused);
  }
}
