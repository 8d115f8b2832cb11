package dev.spanthrift.exporter.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.destination.Codec;
import dev.spanthrift.exporter.settings.Compression;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompressorTest {
  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "ZSTD"})
  void otherImplementationsReadWhatWeWrite(Compression compression) {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (Compressor compressor = Compressor.of(compression)) {
      for (int size : new int[] {0, 1, 100, 8191, 8192, 100_000, 3 << 20, 5}) {
        byte[] noise = new byte[size];
        random.nextBytes(noise);
        byte[] text = new byte[size];
        for (int i = 0; i < size; i++) {
          text[i] = (byte) "GET /users/{id} 200 ".charAt(i % 20);
        }
        for (byte[] request : new byte[][] {noise, text}) {
          EncodedBody body = compressor.compress(request);
          byte[] wire = Arrays.copyOf(body.bytes(), body.length());
          assertArrayEquals(request, Codec.decode(compression.toString(), wire));
        }
        int compressed = compressor.compress(text).length();
        assertTrue(size < 1000 || compressed < size / 20, compressed + " of " + size);
      }
    }
  }

  @Test
  void c11_withoutCompressionTheArrayItselfIsSent() {
    byte[] request = new byte[10];
    assertSame(request, Compressor.of(Compression.NONE).compress(request).bytes());
  }
}
