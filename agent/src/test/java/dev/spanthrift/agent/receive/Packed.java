package dev.spanthrift.agent.receive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.spanthrift.agent.receive.door.Encoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Compresses, by the stock classes. */
public final class Packed {
  private Packed() {}

  public static byte[] with(Encoding encoding, byte[] content) {
    return switch (encoding) {
      case IDENTITY -> content;
      case GZIP -> stream(content, 1, GZIPOutputStream::new);
      case DEFLATE -> stream(content, 1, DeflaterOutputStream::new);
      case ZSTD -> Zstd.compress(content, 1);
    };
  }

  /** So many zeros, never held in memory. */
  public static byte[] zeros(Encoding encoding, long bytes) {
    int piece = 1 << 10;
    long pieces = bytes / piece;
    byte[] rest = new byte[(int) (bytes % piece)];
    return switch (encoding) {
      case IDENTITY -> throw new IllegalArgumentException("that would be held in memory");
      case GZIP -> stream(new byte[piece], pieces, out -> ended(new GZIPOutputStream(out), rest));
      case DEFLATE ->
          stream(new byte[piece], pieces, out -> ended(new DeflaterOutputStream(out), rest));
      case ZSTD ->
          stream(new byte[piece], pieces, out -> ended(new ZstdOutputStreamNoFinalizer(out), rest));
    };
  }

  private static OutputStream ended(OutputStream out, byte[] rest) throws IOException {
    out.write(rest);
    return out;
  }

  private interface Wrapping {
    OutputStream around(OutputStream out) throws IOException;
  }

  private static byte[] stream(byte[] content, long times, Wrapping wrapping) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = wrapping.around(bytes)) {
      for (long i = 0; i < times; i++) {
        out.write(content);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
