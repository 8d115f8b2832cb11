package dev.spanthrift.agent.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.simulation.MadeTraffic;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SpanRingTest {
  private static final long T = 1_700_000_000_000L;
  private static final Duration HOUR = Duration.ofHours(1);

  private final Scanner scanner = new Scanner(10_000);

  private Batch batch(ExportTraceServiceRequest request) {
    byte[] bytes = request.toByteArray();
    return scanner.scan(bytes, 0, bytes.length);
  }

  private static List<Span> spans(ExportTraceServiceRequest request) {
    return request.getResourceSpans(0).getScopeSpans(0).getSpansList();
  }

  @Test
  void s8_whatColumnsKnowComesBackAsItWas() throws Exception {
    MadeTraffic traffic = new MadeTraffic(71, 400);
    SpanRing ring = new SpanRing(1 << 20, HOUR);
    List<ExportTraceServiceRequest> recorded = traffic.recorded();
    for (int i = 0; i < recorded.size(); i++) {
      ring.record(batch(recorded.get(i)), T + i);
    }
    SpanRing.Snapshot snapshot = ring.snapshot(T + recorded.size());
    assertEquals(recorded.size(), snapshot.requests());
    ColumnReader reader = snapshot.open();
    for (int i = 0; i < recorded.size(); i++) {
      ExportTraceServiceRequest back = ExportTraceServiceRequest.parseFrom(reader.next());
      assertEquals(T + i, reader.millis());
      assertEquals(
          recorded.get(i).getResourceSpans(0).getResource().getAttributes(0),
          back.getResourceSpans(0).getResource().getAttributes(0));
      assertSame(spans(recorded.get(i)), spans(back));
    }
    assertNull(reader.next());
  }

  private static void assertSame(List<Span> was, List<Span> is) {
    assertEquals(was.size(), is.size());
    for (int i = 0; i < was.size(); i++) {
      Span.Builder bare = is.get(i).toBuilder();
      bare.setUnknownFields(com.google.protobuf.UnknownFieldSet.getDefaultInstance());
      Span.Builder expected = was.get(i).toBuilder();
      if (was.get(i).getAttributesCount() > 0) {
        String kind = expected.getAttributes(0).getValue().getStringValue();
        String shown = bare.getAttributes(0).getValue().getStringValue();
        assertTrue(shown.contains(kind), shown);
        bare.clearAttributes();
        expected.clearAttributes();
      }
      assertEquals(expected.build(), bare.build());
      // the kind of error stands there with its key, which a span without payload has no room for
      int grown = was.get(i).getAttributesCount() > 0 ? 8 : 2;
      assertTrue(
          Math.abs(was.get(i).getSerializedSize() - is.get(i).getSerializedSize()) <= grown,
          was.get(i).getSerializedSize() + " and " + is.get(i).getSerializedSize());
    }
  }

  @Test
  void s8_aSpanWithPayloadKeepsItsSize() throws Exception {
    for (int length :
        new int[] {20, 97, 98, 99, 100, 101, 127, 128, 129, 300, 16_300, 16_384, 20_000}) {
      ExportTraceServiceRequest sized = MadeTraffic.single("x".repeat(length));
      SpanRing ring = new SpanRing(0, HOUR);
      Batch received = batch(sized);
      int bytes = received.bytes(0);
      ring.record(received, T);
      byte[] back = ring.snapshot(T).open().next();
      assertNotNull(back);
      assertEquals(bytes, scanner.scan(back, 0, back.length).bytes(0));
      Span span = spans(ExportTraceServiceRequest.parseFrom(back)).getFirst();
      assertEquals(Status.getDefaultInstance(), span.getStatus());
    }
  }

  @Test
  void s8_theOldestAreOverwrittenAndCounted() {
    SpanRing ring = new SpanRing(0, HOUR); // two chunks
    ExportTraceServiceRequest one = MadeTraffic.single("x");
    for (int i = 0; i < 3 * SpanChunk.SPANS + 5; i++) {
      ring.record(batch(one), T + i);
    }
    SpanRing.Recorded counts = ring.counts();
    assertEquals(3 * SpanChunk.SPANS + 5, counts.recorded());
    assertEquals(SpanChunk.SPANS + 5, counts.held());
    assertEquals(2 * SpanChunk.SPANS, counts.overwritten());
    assertEquals(0, counts.expired());
    assertEquals(SpanChunk.SPANS + 5, ring.snapshot(T + 20_000).requests());
  }

  @Test
  void s8_theTooOldAreNotInASnapshotAndGo() {
    SpanRing ring = new SpanRing(1 << 20, Duration.ofMinutes(1));
    ExportTraceServiceRequest one = MadeTraffic.single("x");
    for (int i = 0; i < 10; i++) {
      ring.record(batch(one), T + i * 10_000L);
    }
    assertEquals(7, ring.snapshot(T + 90_000).requests());
    assertEquals(10, ring.counts().held());
    assertEquals(0, ring.snapshot(T + 900_000).requests());
    assertEquals(10, ring.counts().expired());
    ring.record(batch(one), T + 900_001);
    assertEquals(1, ring.snapshot(T + 900_002).requests());
  }

  /** Two chunks of spans, and half a chunk for what was learned: 126,976 bytes. */
  private static SpanRing small() {
    return new SpanRing(5L * SpanChunk.SPANS * SpanChunk.SPAN_BYTES / 2, HOUR);
  }

  private static SpanRing.LearnedBefore learned(long at, int bytes) {
    return new SpanRing.LearnedBefore(at, new byte[bytes]);
  }

  @Test
  void aReplayBeginsWithWhatWasLearnedLastBeforeTheOldestSpan() {
    SpanRing ring = small();
    Batch one = batch(MadeTraffic.single("x"));
    ring.record(one, T);
    ring.learned(learned(T + 1, 10));
    assertNull(ring.snapshot(T + 1).learned(), "a process that has just started knew nothing");
    for (int i = 1; i < 6 * SpanChunk.SPANS; i++) {
      if (i % 1_000 == 0) {
        ring.learned(learned(T + i, 10));
      }
      ring.record(one, T + i);
    }
    SpanRing.Snapshot snapshot = ring.snapshot(T + 6 * SpanChunk.SPANS);
    assertEquals(T + 16_000, Objects.requireNonNull(snapshot.learned()).unixMillis());
    assertEquals(0, ring.counts().learnedForgotten());
    long young = HOUR.toMillis() + T + 5_500 + 3L * SpanChunk.SPANS;
    SpanRing.LearnedBefore then = Objects.requireNonNull(ring.snapshot(young).learned());
    assertEquals(T + 17_000, then.unixMillis(), "of those that are young enough");
  }

  @Test
  void whatAnEarlierProcessHadLearnedIsBeforeTheFirstSpan() {
    SpanRing ring = small();
    ring.learned(learned(T - 1, 10));
    ring.record(batch(MadeTraffic.single("x")), T);
    assertEquals(T - 1, Objects.requireNonNull(ring.snapshot(T).learned()).unixMillis());
  }

  @Test
  void whatWasLearnedIsBoundedAndCountedAndKeepsItsFirstAndItsLast() {
    SpanRing ring = small();
    ring.learned(learned(T - 1, 1_000));
    ring.record(batch(MadeTraffic.single("x")), T);
    for (int i = 0; i < 100; i++) {
      ring.learned(learned(T + i, 1_000));
    }
    assertEquals(85, ring.counts().learnedForgotten());
    assertEquals(T - 1, Objects.requireNonNull(ring.snapshot(T).learned()).unixMillis());
    ring.learned(learned(T + 100, 120_000));
    assertEquals(T - 1, Objects.requireNonNull(ring.snapshot(T).learned()).unixMillis());
    long forgotten = ring.counts().learnedForgotten();
    ring.learned(learned(T + 101, 127_000));
    assertEquals(T - 1, Objects.requireNonNull(ring.snapshot(T).learned()).unixMillis());
    assertEquals(forgotten + 1, ring.counts().learnedForgotten(), "too large for it");
  }

  /** The last of two that fit no more was kept, with which nothing could be played. */
  @Test
  void ofTwoThatAreTooLargeTheOneStaysThatIsBeforeTheOldestSpan() {
    SpanRing ring = new SpanRing(4 << 20, HOUR);
    int size = 6 * (1 << 20) / 10;
    ring.learned(learned(T - 1, size));
    ring.record(batch(MadeTraffic.single("x")), T);
    for (int i = 1; i < 17; i++) {
      ring.learned(learned(T + i, size));
      SpanRing.LearnedBefore then = Objects.requireNonNull(ring.snapshot(T + i).learned());
      assertEquals(T - 1, then.unixMillis());
    }
    assertEquals(16, ring.counts().learnedForgotten());
  }

  @Test
  void ofTwoThatAreTooLargeTheOneGoesThatIsFromLongBeforeTheOldestSpan() {
    SpanRing ring = new SpanRing(4 << 20, HOUR);
    int size = 6 * (1 << 20) / 10;
    long later = T + 2 * HOUR.toMillis();
    ring.learned(learned(T - 1, size));
    Batch one = batch(MadeTraffic.single("x"));
    ring.record(one, later);
    ring.learned(learned(later + 1, size));
    assertNotNull(ring.snapshot(later + 1).learned(), "all that was known when the first came");
    for (int i = 0; i < 16 * SpanChunk.SPANS; i++) {
      ring.record(one, later + 1);
    }
    ring.learned(learned(later + 1, size));
    assertNull(ring.snapshot(later + 1).learned());
    for (int i = 0; i < 16 * SpanChunk.SPANS; i++) {
      ring.record(one, later + 2);
    }
    SpanRing.LearnedBefore then = Objects.requireNonNull(ring.snapshot(later + 2).learned());
    assertEquals(later + 1, then.unixMillis());
  }

  @Test
  void aRecordingDoesNotKnowItsBeginningWhereWhatWasLearnedBeforeFoundNoRoom() {
    SpanRing ring = small();
    ring.learned(learned(T - 1, 127_000));
    ring.record(batch(MadeTraffic.single("x")), T);
    assertFalse(ring.snapshot(T).knowsItsBeginning());
    SpanRing fresh = small();
    fresh.record(batch(MadeTraffic.single("x")), T);
    fresh.learned(learned(T + 1, 127_000));
    assertTrue(fresh.snapshot(T + 1).knowsItsBeginning(), "its process began with nothing");
  }

  @Test
  void theSmallestHasNoRoomForWhatWasLearned() {
    SpanRing ring = new SpanRing(0, HOUR);
    ring.learned(learned(T - 1, 1));
    ring.record(batch(MadeTraffic.single("x")), T);
    assertNull(ring.snapshot(T).learned());
    assertEquals(1, ring.counts().learnedForgotten());
  }

  /** The figures that the documents give. */
  @Test
  void fourMebibytesHold45000To65000Spans() {
    SpanRing ring = new SpanRing(4 << 20, HOUR);
    Batch one = batch(MadeTraffic.single("x"));
    for (int i = 0; i < 16 * SpanChunk.SPANS; i++) {
      ring.record(one, T + i);
    }
    assertEquals(65_536, ring.counts().held());
    ring.learned(learned(T, 1 << 20));
    ring.record(one, T + 16 * SpanChunk.SPANS);
    assertEquals(45_057, ring.counts().held(), "right after a chunk was given up");
  }

  @Test
  void whatWasLearnedTakesThePlaceOfSpans() {
    SpanRing ring = new SpanRing(1 << 20, HOUR); // four chunks
    Batch one = batch(MadeTraffic.single("x"));
    for (int i = 0; i < 5 * SpanChunk.SPANS; i++) {
      ring.record(one, T + i);
    }
    assertEquals(4 * SpanChunk.SPANS, ring.counts().held());
    ring.learned(learned(T + 5 * SpanChunk.SPANS, 250_000));
    SpanRing.Recorded counts = ring.counts();
    assertEquals(3 * SpanChunk.SPANS, counts.held());
    assertEquals(counts.recorded(), counts.held() + counts.overwritten());
  }

  @Test
  void s8_aSnapshotDoesNotChange() {
    SpanRing ring = new SpanRing(1 << 20, HOUR);
    ExportTraceServiceRequest one = MadeTraffic.single("x");
    ring.record(batch(one), T);
    SpanRing.Snapshot snapshot = ring.snapshot(T);
    ring.record(batch(one), T + 1);
    assertEquals(1, snapshot.requests());
    assertEquals(2, ring.snapshot(T + 1).requests());
  }

  @Test
  void s8_aSnapshotDoesNotChangeWhileTheRingGoesRound() {
    SpanRing ring = new SpanRing(0, HOUR); // two chunks
    Batch one = batch(MadeTraffic.single("x"));
    ring.record(one, T);
    SpanRing.Snapshot snapshot = ring.snapshot(T);
    for (int i = 0; i < 5 * SpanChunk.SPANS; i++) {
      ring.record(one, T + 1_000_000 + i);
    }
    ColumnReader reader = snapshot.open();
    assertNotNull(reader.next());
    assertEquals(T, reader.millis());
    assertNull(reader.next());
  }

  @Test
  void s8_aFullRingThatNobodyReadsMakesNoChunks() {
    SpanRing ring = new SpanRing(0, HOUR); // two chunks
    Batch one = batch(MadeTraffic.single("x"));
    for (int i = 0; i < 3 * SpanChunk.SPANS; i++) {
      ring.record(one, T + i);
    }
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 8 * SpanChunk.SPANS; i++) {
      ring.record(one, T + i);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    long chunk = (long) SpanChunk.SPANS * SpanChunk.SPAN_BYTES;
    assertTrue(allocated < chunk, allocated + " bytes for eight chunks of " + chunk);
  }

  @Test
  void s8_aClockThatStepsBackDoesNoHarm() {
    SpanRing ring = new SpanRing(1 << 20, HOUR);
    ring.record(batch(MadeTraffic.single("x")), T);
    ring.record(batch(MadeTraffic.single("y")), T - 7_200_000);
    assertEquals(1, ring.snapshot(T).requests(), "both in one millisecond");
    assertEquals(2, ring.counts().held());
  }
}
