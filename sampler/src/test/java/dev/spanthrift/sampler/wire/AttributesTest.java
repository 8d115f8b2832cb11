package dev.spanthrift.sampler.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttributesTest {
  @Test
  void visitsAllAttributesAsTheGeneratedClassesDo() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      Span.Builder span = Span.newBuilder().setName("n").setKindValue(2);
      for (int n = random.nextInt(6); n > 0; n--) {
        span.addAttributes(randomAttribute(random));
      }
      span.addEvents(Span.Event.newBuilder().addAttributes(randomAttribute(random)));
      assertEquals(
          expected(span.build().getAttributesList()),
          visited(span.build().toByteArray()),
          "seed " + seed);
    }
  }

  @Test
  void w3_lastAlternativeWinsAndRepeatedValuesMerge() throws IOException {
    byte[] text = AnyValue.newBuilder().setStringValue("first").build().toByteArray();
    byte[] number = AnyValue.newBuilder().setIntValue(7).build().toByteArray();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeByteArray(2, text); // value before key, twice, with an unknown field between
    out.writeFixed64(15, 1);
    out.writeByteArray(2, number);
    out.writeString(1, "wrong");
    out.writeString(1, "key");
    out.flush();
    KeyValue oracle = KeyValue.parseFrom(bytes.toByteArray());
    assertEquals("key", oracle.getKey());
    assertEquals(7, oracle.getValue().getIntValue());
    Span span = Span.newBuilder().addAttributes(oracle).build();
    ByteArrayOutputStream odd = new ByteArrayOutputStream();
    CodedOutputStream outer = CodedOutputStream.newInstance(odd);
    outer.writeByteArray(9, bytes.toByteArray());
    outer.flush();
    assertEquals(expected(span.getAttributesList()), visited(odd.toByteArray()));
  }

  @Test
  void findsByKeyOrNot() {
    byte[] span =
        Span.newBuilder()
            .addAttributes(string("a", "1"))
            .addAttributes(string("bb", "2"))
            .build()
            .toByteArray();
    Attributes attributes = new Attributes();
    attributes.over(span, 0, span.length, Fields.ATTRIBUTES_OF_SPAN);
    assertTrue(attributes.find("bb".getBytes(StandardCharsets.UTF_8)));
    assertEquals(Attributes.STRING, attributes.readValue());
    assertFalse(attributes.next());
    attributes.over(span, 0, span.length, Fields.ATTRIBUTES_OF_SPAN);
    assertFalse(attributes.find("b".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void corruptionOnlyRaisesTheOneException() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes =
          Span.newBuilder()
              .addAttributes(randomAttribute(random))
              .addEvents(
                  Span.Event.newBuilder().setName("e").addAttributes(randomAttribute(random)))
              .build()
              .toByteArray();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        visited(bytes);
        Events events = new Events().over(bytes, 0, bytes.length);
        while (events.next()) {
          assertTrue(events.nameOffset() + events.nameLength() <= bytes.length);
        }
      } catch (MalformedException expected) {
        assertTrue(expected.position() <= bytes.length + 4, "seed " + seed);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void visitsAllEvents() {
    Span span =
        Span.newBuilder()
            .addEvents(Span.Event.newBuilder().setName("exception").addAttributes(string("k", "v")))
            .addAttributes(string("x", "y"))
            .addEvents(Span.Event.newBuilder().setTimeUnixNano(5))
            .build();
    byte[] bytes = span.toByteArray();
    Events events = new Events().over(bytes, 0, bytes.length);
    assertTrue(events.next());
    assertEquals(
        "exception",
        new String(bytes, events.nameOffset(), events.nameLength(), StandardCharsets.UTF_8));
    Attributes attributes = new Attributes();
    attributes.over(bytes, events.bodyOffset(), events.bodyLength(), Fields.ATTRIBUTES_OF_EVENT);
    assertTrue(attributes.find("k".getBytes(StandardCharsets.UTF_8)));
    assertTrue(events.next());
    assertEquals(0, events.nameLength());
    assertFalse(events.next());
  }

  private static List<String> expected(List<KeyValue> attributes) {
    return attributes.stream().map(a -> a.getKey() + "=" + text(a.getValue())).toList();
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> "s:" + value.getStringValue();
      case BOOL_VALUE -> "b:" + value.getBoolValue();
      case INT_VALUE -> "i:" + value.getIntValue();
      case DOUBLE_VALUE -> "d:" + value.getDoubleValue();
      case ARRAY_VALUE -> "a:" + value.getArrayValue().getSerializedSize();
      case KVLIST_VALUE -> "k:" + value.getKvlistValue().getSerializedSize();
      case BYTES_VALUE -> "y:" + value.getBytesValue().size();
      default -> "none";
    };
  }

  private static List<String> visited(byte[] span) {
    byte[] padded = new byte[span.length + 4];
    System.arraycopy(span, 0, padded, 2, span.length);
    List<String> out = new ArrayList<>();
    Attributes at = new Attributes().over(padded, 2, span.length, Fields.ATTRIBUTES_OF_SPAN);
    while (at.next()) {
      String key = new String(padded, at.keyOffset(), at.keyLength(), StandardCharsets.UTF_8);
      out.add(key + "=" + text(padded, at));
    }
    return out;
  }

  private static String text(byte[] buffer, Attributes at) {
    return switch (at.readValue()) {
      case Attributes.STRING ->
          "s:" + new String(buffer, at.valueOffset(), at.valueLength(), StandardCharsets.UTF_8);
      case Attributes.BOOL -> "b:" + at.boolValue();
      case Attributes.INT -> "i:" + at.intValue();
      case Attributes.DOUBLE -> "d:" + at.doubleValue();
      case Attributes.ARRAY -> "a:" + at.valueLength();
      case Attributes.KEY_VALUES -> "k:" + at.valueLength();
      case Attributes.BYTES -> "y:" + at.valueLength();
      default -> "none";
    };
  }

  static KeyValue string(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static KeyValue randomAttribute(Random random) {
    AnyValue.Builder value = AnyValue.newBuilder();
    switch (random.nextInt(8)) {
      case 0 -> value.setStringValue("v".repeat(random.nextInt(200)));
      case 1 -> value.setBoolValue(random.nextBoolean());
      case 2 -> value.setIntValue(random.nextLong() >> random.nextInt(64));
      case 3 -> value.setDoubleValue(random.nextGaussian());
      case 4 ->
          value.setArrayValue(
              ArrayValue.newBuilder().addValues(AnyValue.newBuilder().setIntValue(3)));
      case 5 -> value.setKvlistValue(KeyValueList.newBuilder().addValues(string("a", "b")));
      case 6 -> value.setBytesValue(ByteString.copyFrom(new byte[random.nextInt(5)]));
      default -> {} // no alternative set
    }
    String key = random.nextInt(10) == 0 ? "" : "k".repeat(1 + random.nextInt(150));
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }
}
