package dev.spanthrift.sampler.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The scanner against the generated protobuf classes. */
class ScannerTest {
  private final Scanner scanner = new Scanner(100_000);

  @Test
  void w1w2_findsEveryFieldThatTheGeneratedClassesFind() throws Exception {
    for (long seed = 0; seed < 500; seed++) {
      byte[] bytes = new RandomRequests(seed).request().toByteArray();
      assertSame(ExportTraceServiceRequest.parseFrom(bytes), bytes, "seed " + seed);
    }
  }

  @Test
  void readsARequestThatBeginsInTheMiddleOfABuffer() throws Exception {
    byte[] bytes = new RandomRequests(42).request().toByteArray();
    byte[] shifted = new byte[bytes.length + 20];
    Arrays.fill(shifted, (byte) 0xff);
    System.arraycopy(bytes, 0, shifted, 13, bytes.length);
    assertMatches(
        ExportTraceServiceRequest.parseFrom(bytes), scanner.scan(shifted, 13, bytes.length), "13");
  }

  @Test
  void w3_takesTheLastOfARepeatedScalarAndMergesMessages() throws Exception {
    Span first =
        Span.newBuilder()
            .setName("first")
            .setTraceId(id(16, 1))
            .setStatus(Status.newBuilder().setCodeValue(2))
            .build();
    Span second =
        Span.newBuilder()
            .setName("second")
            .setTraceId(id(16, 2))
            .setStatus(Status.newBuilder().setMessage("only a message"))
            .build();
    byte[] span = concat(first.toByteArray(), second.toByteArray());
    byte[] bytes = request(span);
    assertSame(ExportTraceServiceRequest.parseFrom(bytes), bytes, "merge");
    assertTrue(scanner.scan(bytes, 0, bytes.length).isError(0));
  }

  @Test
  void w3_mergesResourcesWhereverTheyStand() throws Exception {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ScopeSpans scope = ScopeSpans.newBuilder().addSpans(Span.newBuilder().setName("x")).build();
    write(body, 1, Resource.newBuilder().setDroppedAttributesCount(1).build().toByteArray());
    write(body, 2, scope.toByteArray());
    write(body, 3, "schema".getBytes());
    write(body, 2, scope.toByteArray());
    write(body, 1, Resource.newBuilder().setDroppedAttributesCount(7).build().toByteArray());
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    write(request, 1, body.toByteArray());
    byte[] bytes = request.toByteArray();
    assertSame(ExportTraceServiceRequest.parseFrom(bytes), bytes, "order");
    Envelopes resources = scanner.scan(bytes, 0, bytes.length).resources();
    byte[] merged =
        Arrays.copyOfRange(
            resources.messageBuffer(0),
            resources.messageOffset(0),
            resources.messageOffset(0) + resources.messageLength(0));
    assertEquals(7, Resource.parseFrom(merged).getDroppedAttributesCount());
  }

  @Test
  void w3_skipsKnownFieldsOfAForeignWireType() throws Exception {
    byte[] span = {5 << 3, 1, 7 << 3, 9, 15 << 3 | 5, 1, 2, 3, 4};
    byte[] bytes = request(span);
    assertSame(ExportTraceServiceRequest.parseFrom(bytes), bytes, "wire types");
  }

  @Test
  void w3_readsNonMinimalTagsAndLengths() throws Exception {
    byte[] span = {(byte) 0xaa, (byte) 0x80, 0x00, (byte) 0x82, (byte) 0x80, 0x00, 'h', 'i'};
    byte[] bytes = request(span);
    assertEquals(
        "hi",
        ExportTraceServiceRequest.parseFrom(bytes)
            .getResourceSpans(0)
            .getScopeSpans(0)
            .getSpans(0)
            .getName());
    assertSame(ExportTraceServiceRequest.parseFrom(bytes), bytes, "non-minimal");
  }

  @Test
  void w3_refusesWhatNoParserReads() {
    byte[][] spans = {
      {9 << 3 | 2, 5, 0}, // length beyond the message
      {6 << 3, (byte) 0x80}, // truncated varint
      {6 << 3, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, // varint of 11 bytes
      {7 << 3 | 1, 0, 0}, // truncated fixed64
      {(byte) (20 << 3 | 3), 1, 8, 1}, // group without an end
      {(byte) (20 << 3 | 4), 1}, // end without a group
      {(byte) (20 << 3 | 6), 1}, // wire type 6
      {0}, // field number 0
      {9 << 3 | 2, 2, 1 << 3 | 2, 9}, // malformed attribute
    };
    for (byte[] span : spans) {
      byte[] bytes = request(span);
      assertThrows(
          MalformedException.class,
          () -> scanner.scan(bytes, 0, bytes.length),
          Arrays.toString(span));
      assertThrows(
          InvalidProtocolBufferException.class, () -> ExportTraceServiceRequest.parseFrom(bytes));
      assertEquals(0, new Scanner(10).scan(new byte[0], 0, 0).size());
    }
  }

  /** Profiles name their strings by number; in a span that means nothing and does no harm. */
  @Test
  void w8_stepsOverTheStringIndicesOfProfiles() throws Exception {
    byte[] index = {8 << 3, (byte) 0xac, 2}; // AnyValue.string_value_strindex
    byte[] attribute = concat(nest(2, index), new byte[] {3 << 3, 7}); // KeyValue.key_strindex
    byte[] named = concat(nest(1, "http.route".getBytes()), nest(2, nest(1, "/a".getBytes())));
    byte[] attributes = concat(nest(9, attribute), nest(9, named));
    byte[] bytes = request(concat(attributes, nest(11, nest(3, attribute))));
    assertSame(ExportTraceServiceRequest.parseFrom(bytes), bytes, "strindex");
    Batch batch = scanner.scan(bytes, 0, bytes.length);
    assertEquals(1, batch.size());
  }

  @Test
  void w3_stopsAtADepthThatProtobufAlsoRefuses() {
    byte[] value = {1 << 3 | 2, 0};
    for (int i = 0; i < 200; i++) {
      value = nest(5, nest(1, value)); // AnyValue.array_value.values
    }
    byte[] bytes = request(nest(9, nest(2, value)));
    assertThrows(MalformedException.class, () -> scanner.scan(bytes, 0, bytes.length));
  }

  @Test
  void w4_readsOnlyTheBitsItKnows() {
    assertTrue(localRoot(0x300, 3, true));
    assertFalse(localRoot(0x100, 3, true));
    assertFalse(localRoot(0xfffffc00 | 0x200, 3, true));
    assertTrue(localRoot(0xffffff00, 3, true));
  }

  @Test
  void w6_takesServersConsumersAndSpansWithoutParentForLocalRoots() {
    assertTrue(localRoot(0, 2, true));
    assertTrue(localRoot(0, 5, true));
    assertFalse(localRoot(0, 1, true));
    assertTrue(localRoot(0, 1, false));
  }

  @Test
  void w7_knowsInvalidTraceIds() {
    assertFalse(validTraceId(new byte[0]));
    assertFalse(validTraceId(new byte[15]));
    assertFalse(validTraceId(new byte[16]));
    byte[] id = new byte[17];
    id[3] = 1;
    assertFalse(validTraceId(id));
    assertTrue(validTraceId(Arrays.copyOf(id, 16)));
  }

  @Test
  void refusesMoreSpansThanTheBoundAndGoesOn() {
    Scanner small = new Scanner(3);
    byte[] four = spans(4);
    byte[] three = spans(3);
    assertThrows(TooManySpansException.class, () -> small.scan(four, 0, four.length));
    assertEquals(3, small.scan(three, 0, three.length).size());
  }

  @Test
  void corruptionOnlyEverRaisesTheOneException() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new RandomRequests(seed + i / 20).request().toByteArray();
      corrupt(bytes, random);
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
      byte[] cut = Arrays.copyOf(bytes, length);
      try {
        Batch batch = scanner.scan(cut, 0, cut.length);
        assertSame(ExportTraceServiceRequest.parseFrom(cut), cut, "seed " + seed + " i " + i);
        assertTrue(batch.size() >= 0);
      } catch (MalformedException expected) {
        refused++;
        // protobuf-java lets the top bit of a tenth byte pass; the specification does not.
        if (!String.valueOf(expected.getMessage()).contains("more than 10 bytes")) {
          assertThrows(
              InvalidProtocolBufferException.class,
              () -> ExportTraceServiceRequest.parseFrom(cut),
              "seed " + seed + " i " + i + ": " + expected.getMessage());
        }
      } catch (InvalidProtocolBufferException stricter) {
        assertTrue(
            String.valueOf(stricter.getMessage()).contains("UTF-8"),
            "seed " + seed + " i " + i + ": " + stricter.getMessage());
      }
    }
    assertTrue(refused > 1000, "corruption must bite: " + refused);
  }

  private static boolean isZero(ByteString id) {
    return id.equals(ByteString.copyFrom(new byte[id.size()]));
  }

  private static void corrupt(byte[] bytes, Random random) {
    for (int flips = random.nextInt(4); flips >= 0 && bytes.length > 0; flips--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
  }

  private void assertSame(ExportTraceServiceRequest parsed, byte[] bytes, String message) {
    assertMatches(parsed, scanner.scan(bytes, 0, bytes.length), message);
  }

  private static void assertMatches(ExportTraceServiceRequest parsed, Batch batch, String message) {
    int row = 0;
    long attributes = 0;
    long ofResources = 0;
    for (ResourceSpans resource : parsed.getResourceSpansList()) {
      ofResources += resource.getResource().getAttributesCount();
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          attributes += span.getAttributesCount();
          assertMatches(span, batch, row++, message);
        }
      }
    }
    assertEquals(row, batch.size(), message);
    assertEquals(attributes, batch.attributes(), message);
    assertEquals(ofResources, batch.resourceAttributes(), message);
    assertEquals(parsed.getResourceSpansCount(), batch.resources().size(), message);
  }

  private static void assertMatches(Span span, Batch batch, int row, String message) {
    assertEquals(span.getName(), text(batch, batch.nameOffset(row), batch.nameLength(row)));
    assertEquals(
        span.getTraceState(),
        text(batch, batch.traceStateOffset(row), batch.traceStateLength(row)),
        message);
    assertEquals(span.getStartTimeUnixNano(), batch.startNanos(row), message);
    assertEquals(span.getEndTimeUnixNano(), batch.endNanos(row), message);
    assertEquals(span.getFlags(), batch.flags(row), message);
    assertEquals(small(span.getKindValue()), batch.kind(row), message);
    assertEquals(small(span.getStatus().getCodeValue()), batch.statusCode(row), message);
    assertEquals(span.getEventsCount(), batch.events(row), message);
    assertEquals(!isZero(span.getParentSpanId()), batch.hasParent(row), message);
    assertEquals(number(span.getSpanId()), batch.spanId(row), message);
    assertEquals(number(span.getParentSpanId()), batch.parentSpanId(row), message);
    if (batch.hasValidTraceId(row)) {
      assertEquals(number(span.getTraceId().substring(0, 8)), batch.traceIdHigh(row), message);
      assertEquals(number(span.getTraceId().substring(8)), batch.traceIdLow(row), message);
    }
    try {
      byte[] body = Arrays.copyOfRange(batch.buffer(), batch.body(row), batch.end(row));
      assertEquals(span, Span.parseFrom(body), message);
    } catch (InvalidProtocolBufferException bad) {
      throw new AssertionError(message, bad);
    }
  }

  private static int small(int number) {
    return number >= 0 && number < 255 ? number : 255;
  }

  private static long number(ByteString id) {
    return id.size() == 8 ? id.asReadOnlyByteBuffer().getLong() : 0;
  }

  private static String text(Batch batch, int offset, int length) {
    return ByteString.copyFrom(batch.buffer(), offset, length).toStringUtf8();
  }

  private boolean localRoot(int flags, int kind, boolean parent) {
    Span.Builder span = Span.newBuilder().setFlags(flags).setKindValue(kind);
    if (parent) {
      span.setParentSpanId(id(8, 5));
    }
    byte[] bytes = request(span.build().toByteArray());
    return scanner.scan(bytes, 0, bytes.length).isLocalRoot(0);
  }

  private boolean validTraceId(byte[] id) {
    byte[] bytes =
        request(Span.newBuilder().setTraceId(ByteString.copyFrom(id)).build().toByteArray());
    return scanner.scan(bytes, 0, bytes.length).hasValidTraceId(0);
  }

  private static byte[] spans(int count) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int i = 0; i < count; i++) {
      scope.addSpans(Span.newBuilder().setName("s" + i));
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build()
        .toByteArray();
  }

  static ByteString id(int length, int fill) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) fill);
    return ByteString.copyFrom(bytes);
  }

  static byte[] request(byte[] span) {
    return nest(1, nest(2, nest(2, span)));
  }

  private static byte[] nest(int field, byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, field, body);
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, int field, byte[] body) {
    try {
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      coded.writeByteArray(field, body);
      coded.flush();
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
