package dev.spanthrift.exporter.transport;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.spanthrift.exporter.settings.Compression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;

/**
 * Turns a request into a body; not thread-safe, reused for every request of a destination.
 *
 * <p>Level 1 for both: zstd-1 0.6 µs a span, gzip-1 2.3, gzip-6 7.1 (2026-11-22, 2-core VM, one
 * core).
 */
public interface Compressor extends AutoCloseable {
  EncodedBody compress(byte[] request);

  @Override
  default void close() {}

  /**
   * The request that a body holds; needs no compressor, so that any thread may ask.
   *
   * @param length of the request
   */
  static byte[] plain(EncodedBody body, int length) {
    byte[] bytes = body.bytes();
    return switch (body.compression()) {
      case NONE -> bytes;
      case ZSTD -> Zstd.decompress(Arrays.copyOf(bytes, body.length()), length);
      case GZIP -> {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes, 0, body.length());
        try (GZIPInputStream plain = new GZIPInputStream(in)) {
          yield plain.readNBytes(length);
        } catch (IOException e) {
          throw new UncheckedIOException(e); // our own frame
        }
      }
    };
  }

  static Compressor of(Compression compression) {
    return switch (compression) {
      case NONE -> request -> new EncodedBody(request, request.length, Compression.NONE);
      case GZIP -> new Gzip();
      case ZSTD -> new ZstdFrames();
    };
  }

  /** RFC 1952 with one deflater for all: the header is constant, the trailer is CRC and length. */
  final class Gzip implements Compressor {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};
    private static final int TRAILER = 8;

    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    private final CRC32 crc = new CRC32();
    private final byte[] chunk = new byte[8192];

    @Override
    public EncodedBody compress(byte[] request) {
      deflater.reset();
      deflater.setInput(request);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(request.length / 6 + 64);
      out.write(HEADER, 0, HEADER.length);
      while (!deflater.finished()) {
        out.write(chunk, 0, deflater.deflate(chunk));
      }
      crc.reset();
      crc.update(request);
      out.write(trailer((int) crc.getValue(), request.length), 0, TRAILER);
      byte[] bytes = out.toByteArray();
      return new EncodedBody(bytes, bytes.length, Compression.GZIP);
    }

    private static byte[] trailer(int crc, int length) {
      byte[] trailer = new byte[TRAILER];
      for (int i = 0; i < 4; i++) {
        trailer[i] = (byte) (crc >>> 8 * i);
        trailer[i + 4] = (byte) (length >>> 8 * i);
      }
      return trailer;
    }

    @Override
    public void close() {
      deflater.end();
    }
  }

  /** One zstd frame a request. */
  final class ZstdFrames implements Compressor {
    private static final int SCRATCH_KEPT_MAX = 1 << 20;

    private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(1);
    private byte[] scratch = new byte[0];

    @Override
    public EncodedBody compress(byte[] request) {
      int bound = Math.toIntExact(Zstd.compressBound(request.length));
      byte[] target = scratch.length >= bound ? scratch : new byte[bound];
      int length = context.compressByteArray(target, 0, target.length, request, 0, request.length);
      if (target.length <= SCRATCH_KEPT_MAX) {
        scratch = target;
      }
      return new EncodedBody(Arrays.copyOf(target, length), length, Compression.ZSTD);
    }

    @Override
    public void close() {
      context.close();
    }
  }
}
