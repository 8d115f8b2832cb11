package dev.spanthrift.exporter.destination;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Content encodings by other implementations than the ones under test. */
public final class Codec {
  private Codec() {}

  public static byte[] decode(String encoding, byte[] wire) {
    try {
      return switch (encoding == null ? "identity" : encoding) {
        case "identity" -> wire;
        case "gzip" -> new GZIPInputStream(new ByteArrayInputStream(wire)).readAllBytes();
        case "zstd" -> new ZstdInputStream(new ByteArrayInputStream(wire)).readAllBytes();
        default -> throw new IllegalArgumentException(encoding);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
