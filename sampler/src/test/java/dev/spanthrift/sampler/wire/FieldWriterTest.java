package dev.spanthrift.sampler.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Writer and cursor against each other, and against protobuf's own encoder. */
class FieldWriterTest {
  private static final long SEED = Long.getLong("seed", 1);

  private final Random random = new Random(SEED);

  /** What was written, as the cursor must find it. */
  private record Written(int field, int wireType, long value, byte[] content) {}

  @Test
  void whatIsWrittenIsReadAgainAndIsWhatProtobufWrites() throws IOException {
    FieldWriter writer = new FieldWriter();
    for (int round = 0; round < 3_000; round++) {
      writer.clear();
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      CodedOutputStream protobuf = CodedOutputStream.newInstance(expected);
      List<Written> fields = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        fields.add(write(writer, protobuf, 1 + random.nextInt(1 << random.nextInt(1, 29))));
      }
      protobuf.flush();
      byte[] bytes = writer.toBytes();
      assertArrayEquals(expected.toByteArray(), bytes, "seed " + SEED + ", round " + round);
      assertEquals(bytes.length, writer.size());
      assertRead(fields, bytes);
    }
  }

  private long number() {
    return random.nextInt(4) == 0
        ? random.nextInt(3) - 1
        : random.nextLong() >>> random.nextInt(64);
  }

  private Written write(FieldWriter writer, CodedOutputStream protobuf, int field)
      throws IOException {
    long value = number();
    switch (random.nextInt(6)) {
      case 0 -> {
        writer.number(field, value);
        protobuf.writeUInt64(field, value);
        return new Written(field, Fields.VARINT, value, new byte[0]);
      }
      case 1 -> {
        writer.fixed64(field, value);
        protobuf.writeFixed64(field, value);
        return new Written(field, Fields.FIXED64, value, new byte[0]);
      }
      case 2 -> {
        writer.fixed32(field, (int) value);
        protobuf.writeFixed32(field, (int) value);
        return new Written(field, Fields.FIXED32, value & 0xffffffffL, new byte[0]);
      }
      case 3 -> {
        return bytes(protobuf, field, id(value), out -> out.id(field, value), writer);
      }
      case 4 -> {
        ByteBuffer id = ByteBuffer.allocate(16).putLong(value).putLong(~value);
        return bytes(protobuf, field, id.array(), out -> out.id(field, value, ~value), writer);
      }
      default -> {
        byte[] content = new byte[random.nextInt(1 << random.nextInt(1, 12))];
        random.nextBytes(content);
        return bytes(protobuf, field, content, nested(field, content), writer);
      }
    }
  }

  private static byte[] id(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  private static Consumer<FieldWriter> nested(int field, byte[] content) {
    FieldWriter inner = new FieldWriter().append(content, 0, content.length);
    return out -> out.message(field, inner);
  }

  private static Written bytes(
      CodedOutputStream protobuf,
      int field,
      byte[] content,
      Consumer<FieldWriter> write,
      FieldWriter writer)
      throws IOException {
    write.accept(writer);
    protobuf.writeByteArray(field, content);
    return new Written(field, Fields.LENGTH_DELIMITED, 0, content);
  }

  private static void assertRead(List<Written> fields, byte[] bytes) {
    FieldCursor cursor = new FieldCursor().on(bytes, 0, bytes.length);
    for (Written written : fields) {
      assertTrue(cursor.next());
      assertEquals(written.field, cursor.field());
      assertEquals(written.wireType, cursor.wireType());
      if (cursor.isBytes()) {
        int from = cursor.start();
        assertArrayEquals(written.content, Arrays.copyOfRange(bytes, from, from + cursor.length()));
      } else {
        assertEquals(written.value, cursor.value());
      }
    }
    assertFalse(cursor.next());
  }

  @Test
  void textsAreUtf8AndWhatIsLeftOutTakesNoByte() {
    FieldWriter writer = new FieldWriter().nonZero(1, 0).nonEmpty(2, "");
    assertEquals(0, writer.size());
    byte[] bytes = writer.nonEmpty(2, "Größe").nonZero(3, 7).text(4, "").toBytes();
    FieldCursor cursor = new FieldCursor().on(bytes, 0, bytes.length);
    assertTrue(cursor.next());
    assertEquals(
        "Größe", new String(bytes, cursor.start(), cursor.length(), StandardCharsets.UTF_8));
    assertTrue(cursor.next());
    assertEquals(7, cursor.value());
    assertTrue(cursor.next());
    assertEquals(0, cursor.length());
    assertFalse(cursor.next());
  }

  @Test
  void aNumberTakesAsManyBytesAsItSays() {
    byte[] out = new byte[10];
    for (int bits = 0; bits < 64; bits++) {
      for (long value : new long[] {1L << bits, (1L << bits) - 1, -1L << bits}) {
        int size = FieldWriter.varintSize(value);
        assertEquals(CodedOutputStream.computeUInt64SizeNoTag(value), size, () -> "" + value);
        assertEquals(size, FieldWriter.putVarint(out, 0, value));
      }
    }
  }
}
