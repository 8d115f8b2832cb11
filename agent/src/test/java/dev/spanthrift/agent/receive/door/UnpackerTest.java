package dev.spanthrift.agent.receive.door;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.spanthrift.agent.receive.Packed;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnpackerTest {
  private static final int LIMIT = 8 << 20;

  private final Unpacker unpacker = new Unpacker();

  @AfterEach
  void close() {
    unpacker.close();
  }

  @ParameterizedTest
  @EnumSource(value = Encoding.class, mode = EnumSource.Mode.EXCLUDE, names = "IDENTITY")
  void contentOfEverySizeComesBack(Encoding encoding) {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    int[] sizes = {0, 1, 100, 32_767, 32_768, 32_769, 1 << 20, (1 << 20) + 1, 5 << 20, LIMIT, 7};
    for (int size : sizes) {
      byte[] content = content(random, size);
      byte[] packed = Packed.with(encoding, content);
      assertEquals(size, unpack(encoding, packed), "size " + size);
      assertArrayEquals(content, Arrays.copyOf(unpacker.output(), size));
      unpacker.trim();
    }
  }

  @ParameterizedTest
  @EnumSource(value = Encoding.class, mode = EnumSource.Mode.EXCLUDE, names = "IDENTITY")
  void s4_oneByteAboveTheLimitIsTooLarge(Encoding encoding) {
    assertEquals(LIMIT, unpack(encoding, Packed.zeros(encoding, LIMIT)));
    assertEquals(Unpacker.TOO_LARGE, unpack(encoding, Packed.zeros(encoding, LIMIT + 1)));
    byte[] small = Packed.with(encoding, new byte[101]);
    assertEquals(
        Unpacker.TOO_LARGE, unpacker.unpack(encoding, small, 0, small.length, 100, s -> true));
  }

  @ParameterizedTest
  @EnumSource(value = Encoding.class, mode = EnumSource.Mode.EXCLUDE, names = "IDENTITY")
  void roomIsAskedForBeforeMuchIsTaken(Encoding encoding) {
    byte[] packed = Packed.zeros(encoding, 3 << 20);
    long[] asked = new long[1];
    long result =
        unpacker.unpack(
            encoding,
            packed,
            0,
            packed.length,
            LIMIT,
            size -> {
              asked[0] = size;
              return false;
            });
    assertEquals(Unpacker.NO_ROOM, result);
    assertEquals(3 << 20, asked[0]);
    assertTrue(unpacker.output().length <= Workspace.KEPT_BYTES);
  }

  @ParameterizedTest
  @EnumSource(value = Encoding.class, mode = EnumSource.Mode.EXCLUDE, names = "IDENTITY")
  void s13_everyTruncationIsMalformed(Encoding encoding) {
    byte[] packed = Packed.with(encoding, content(new Random(1), 500));
    for (int length = 0; length < packed.length; length++) {
      long result = unpacker.unpack(encoding, packed, 0, length, LIMIT, s -> true);
      assertEquals(Unpacker.MALFORMED, result, "length " + length);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Encoding.class, mode = EnumSource.Mode.EXCLUDE, names = "IDENTITY")
  void s13_corruptionNeverThrows(Encoding encoding) {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    byte[] packed = Packed.with(encoding, content(random, 3000));
    for (int round = 0; round < 5000; round++) {
      byte[] bad = packed.clone();
      for (int i = 0; i <= round % 4; i++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      long result = unpack(encoding, bad);
      assertTrue(result >= Unpacker.NO_ROOM, () -> "result " + result);
    }
    assertEquals(3000, unpack(encoding, packed));
  }

  @Test
  void s13_gzipWithWrongChecksumOrSizeIsMalformed() {
    byte[] packed = Packed.with(Encoding.GZIP, content(new Random(2), 500));
    for (int back = 1; back <= 8; back++) {
      byte[] bad = packed.clone();
      bad[bad.length - back] ^= 1;
      assertEquals(Unpacker.MALFORMED, unpack(Encoding.GZIP, bad), "byte -" + back);
    }
    assertEquals(Unpacker.MALFORMED, unpack(Encoding.GZIP, Arrays.copyOf(packed, 600)));
  }

  @Test
  void gzipOfSeveralMembersAndAllHeaderFieldsIsOneContent() {
    byte[] first = Packed.with(Encoding.GZIP, new byte[100]);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3});
    out.writeBytes(new byte[] {2, 0, 'e', 'x', 'n', 0, 'c', 0, 1, 2});
    out.write(first, 10, first.length - 10);
    assertEquals(200, unpack(Encoding.GZIP, out.toByteArray()));
  }

  @Test
  void zstdOfSeveralFramesIsOneContent() {
    byte[] frame = Zstd.compress(new byte[700_000]);
    byte[] twice = Arrays.copyOf(frame, frame.length * 2);
    System.arraycopy(frame, 0, twice, frame.length, frame.length);
    assertEquals(1_400_000, unpack(Encoding.ZSTD, twice));
  }

  @Test
  void zstdWithAHugeWindowIsRefused() {
    for (int windowLog : new int[] {23, 24, 31}) {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      // Magic; no content size; the window; ten blocks of 128 KiB of one repeated byte.
      frame.writeBytes(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0});
      frame.write((windowLog - 10) << 3);
      for (int block = 9; block >= 0; block--) {
        int header = (1 << 17) << 3 | 1 << 1 | (block == 0 ? 1 : 0);
        frame.writeBytes(
            new byte[] {(byte) header, (byte) (header >> 8), (byte) (header >> 16), 0});
      }
      long expected = windowLog == 23 ? 10 << 17 : Unpacker.MALFORMED;
      assertEquals(expected, unpack(Encoding.ZSTD, frame.toByteArray()), "log " + windowLog);
      unpacker.trim();
    }
  }

  private long unpack(Encoding encoding, byte[] packed) {
    // At an offset, as it lies behind other bytes in a buffer.
    byte[] shifted = new byte[packed.length + 7];
    System.arraycopy(packed, 0, shifted, 5, packed.length);
    return unpacker.unpack(encoding, shifted, 5, packed.length, LIMIT, s -> true);
  }

  /** Half random, half zeros: neither incompressible nor a bomb. */
  private static byte[] content(Random random, int size) {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i += 2) {
      content[i] = (byte) random.nextInt();
    }
    return content;
  }
}
