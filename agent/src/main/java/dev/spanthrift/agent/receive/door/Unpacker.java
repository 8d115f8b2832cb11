package dev.spanthrift.agent.receive.door;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses one request at a time, never into more memory than the request is allowed.
 *
 * <p>A request that unpacks to at most 1 MiB goes straight into a kept array. A larger one is
 * unpacked twice: first into a small buffer that is overwritten, only to count, then into an array
 * of exactly that size. So a bomb costs time that the limit bounds, but no memory, and nobody has
 * to trust the size that its header claims.
 */
final class Unpacker {
  /** The content is larger than the limit. */
  static final long TOO_LARGE = -1;

  /** The bytes are not of the encoding. */
  static final long MALFORMED = -2;

  /** The content is within the limit, but there is no room for it. */
  static final long NO_ROOM = -3;

  /** The array is full before the content ends. */
  static final long FULL = -4;

  private static final int SMALL_BYTES = 32 << 10;

  /** Windows up to 8 MiB, what RFC 8878 asks of every decoder: a frame cannot make us take more. */
  private static final int ZSTD_WINDOW_LOG_MAX = 23;

  private byte[] output = new byte[SMALL_BYTES];
  private @Nullable Inflating gzip;
  private @Nullable Inflating zlib;
  private @Nullable ZstdDecompressCtx zstd;

  /** Where the content of the last request lies; valid until the next one. */
  byte[] output() {
    return output;
  }

  /**
   * Unpacks into {@link #output}.
   *
   * @param room is asked before more than 1 MiB is taken
   * @return the content's length, or one of the negative constants
   */
  long unpack(
      Encoding encoding, byte[] input, int offset, int length, int limit, LongPredicate room) {
    long first = into(encoding, input, offset, length, output);
    if (first == FULL && output.length < Workspace.KEPT_BYTES) {
      output = new byte[Workspace.KEPT_BYTES];
      first = into(encoding, input, offset, length, output);
    }
    if (first != FULL) {
      return first > limit ? TOO_LARGE : first;
    }
    long content = count(encoding, input, offset, length, limit);
    if (content < 0) {
      return content;
    }
    if (!room.test(content)) {
      return NO_ROOM;
    }
    // One byte more than the content, so that its end is seen before the array's.
    output = new byte[(int) content + 1];
    return into(encoding, input, offset, length, output);
  }

  /** Lets go of an array that is too large to keep; to be called when the content is done with. */
  void trim() {
    if (output.length > Workspace.KEPT_BYTES) {
      output = new byte[SMALL_BYTES];
    }
  }

  void close() {
    if (gzip != null) {
      gzip.close();
    }
    if (zlib != null) {
      zlib.close();
    }
    if (zstd != null) {
      zstd.close();
    }
  }

  private long into(Encoding encoding, byte[] input, int offset, int length, byte[] target) {
    return switch (encoding) {
      case IDENTITY -> throw new IllegalArgumentException("nothing to unpack");
      case GZIP -> gzip().into(input, offset, length, target);
      case DEFLATE -> zlib().into(input, offset, length, target);
      case ZSTD -> zstdInto(input, offset, length, target);
    };
  }

  private long count(Encoding encoding, byte[] input, int offset, int length, long limit) {
    byte[] small = new byte[SMALL_BYTES];
    return switch (encoding) {
      case IDENTITY -> throw new IllegalArgumentException("nothing to unpack");
      case GZIP -> gzip().count(input, offset, length, small, limit);
      case DEFLATE -> zlib().count(input, offset, length, small, limit);
      case ZSTD -> zstdCount(input, offset, length, small, limit);
    };
  }

  private long zstdInto(byte[] input, int offset, int length, byte[] target) {
    if (length == 0) {
      return MALFORMED;
    }
    if (Zstd.getFrameContentSize(input, offset, length) > target.length) {
      return FULL;
    }
    if (zstd == null) {
      zstd = new ZstdDecompressCtx();
    }
    try {
      return zstd.decompressByteArray(target, 0, target.length, input, offset, length);
    } catch (ZstdException e) {
      return e.getErrorCode() == Zstd.errDstSizeTooSmall() ? FULL : MALFORMED;
    }
  }

  private static long zstdCount(byte[] input, int offset, int length, byte[] small, long limit) {
    try (ZstdInputStreamNoFinalizer in =
        new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(input, offset, length))) {
      in.setLongMax(ZSTD_WINDOW_LOG_MAX);
      long count = 0;
      for (int n = in.read(small); n >= 0; n = in.read(small)) {
        count += n;
        if (count > limit) {
          return TOO_LARGE;
        }
      }
      return count;
    } catch (IOException e) {
      return MALFORMED;
    }
  }

  private Inflating gzip() {
    if (gzip == null) {
      gzip = new Inflating(true);
    }
    return gzip;
  }

  private Inflating zlib() {
    if (zlib == null) {
      zlib = new Inflating(false);
    }
    return zlib;
  }
}
