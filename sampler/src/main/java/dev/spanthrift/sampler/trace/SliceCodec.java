package dev.spanthrift.sampler.trace;

import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Compresses blocks of waiting spans. The program brings zstd; without it the JDK's deflate serves.
 */
public interface SliceCodec extends AutoCloseable {
  /** A compressed copy of the first {@code length} bytes. */
  byte[] compress(byte[] block, int length);

  /** Fills {@code into} with the block's {@code length} bytes. */
  void decompress(byte[] compressed, byte[] into, int length);

  /** Bytes that it holds for the next block. */
  default long bytesHeld() {
    return 0;
  }

  /** Gives back what it has outside the heap; what is compressed cannot be read afterwards. */
  @Override
  default void close() {}

  /** The JDK's own codec at its fastest level. */
  static SliceCodec deflate() {
    return new SliceCodec() {
      @Override
      public byte[] compress(byte[] block, int length) {
        try (Deflater deflater = new Deflater(Deflater.BEST_SPEED)) {
          deflater.setInput(block, 0, length);
          deflater.finish();
          byte[] out = new byte[length + length / 1000 + 64];
          int size = deflater.deflate(out);
          return java.util.Arrays.copyOf(out, size);
        }
      }

      @Override
      public void decompress(byte[] compressed, byte[] into, int length) {
        try (Inflater inflater = new Inflater()) {
          inflater.setInput(compressed);
          inflater.inflate(into, 0, length);
        } catch (DataFormatException impossible) {
          throw new IllegalStateException("a block of our own does not inflate", impossible);
        }
      }
    };
  }
}
