package dev.spanthrift.agent.receive.door;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * gzip (RFC 1952, any number of members) and zlib (RFC 1950) over byte arrays.
 *
 * <p>Own, because {@link java.util.zip.GZIPInputStream} makes an inflater and buffers per request.
 *
 * <pre>
 * member = 1f 8b 08 FLG MTIME(4) XFL OS [XLEN(2) extra] [name 0] [comment 0] [CRC16]
 *          deflate… CRC32(4) ISIZE(4)
 * </pre>
 */
final class Inflating {
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;
  private static final int HAS_CRC = 2;
  private static final int HAS_EXTRA = 4;
  private static final int HAS_NAME = 8;
  private static final int HAS_COMMENT = 16;

  private final boolean gzip;
  private final Inflater inflater;
  private final CRC32 crc = new CRC32();

  Inflating(boolean gzip) {
    this.gzip = gzip;
    this.inflater = new Inflater(gzip);
  }

  void close() {
    inflater.end();
  }

  /** Unpacks into {@code target}; {@link Unpacker#FULL} when it reaches its end. */
  long into(byte[] input, int offset, int length, byte[] target) {
    return members(input, offset, length, target, false, Long.MAX_VALUE);
  }

  /** Only counts, overwriting {@code small} again and again. */
  long count(byte[] input, int offset, int length, byte[] small, long limit) {
    return members(input, offset, length, small, true, limit);
  }

  private long members(
      byte[] input, int offset, int length, byte[] target, boolean counting, long limit) {
    int at = offset;
    int end = offset + length;
    long total = 0;
    do {
      int body = gzip ? body(input, at, end) : at;
      if (body < 0) {
        return Unpacker.MALFORMED;
      }
      inflater.reset();
      inflater.setInput(input, body, end - body);
      long result = member(target, counting ? 0 : (int) total, counting, limit - total);
      if (result < 0) {
        return result;
      }
      total += result;
      at = end - inflater.getRemaining();
      if (gzip) {
        if (!trailerFits(input, at, end)) {
          return Unpacker.MALFORMED;
        }
        at += TRAILER_BYTES;
      }
    } while (gzip && at < end);
    return at == end ? total : Unpacker.MALFORMED;
  }

  private long member(byte[] target, int from, boolean counting, long limit) {
    crc.reset();
    long count = 0;
    int at = from;
    try {
      while (!inflater.finished()) {
        int n = inflater.inflate(target, at, target.length - at);
        if (n == 0 && !inflater.finished()) {
          return Unpacker.MALFORMED; // wants more input, or a dictionary
        }
        crc.update(target, at, n);
        count += n;
        at = counting ? 0 : at + n;
        if (count > limit) {
          return Unpacker.TOO_LARGE;
        }
        if (at == target.length) {
          return Unpacker.FULL;
        }
      }
      return count;
    } catch (DataFormatException e) {
      return Unpacker.MALFORMED;
    }
  }

  /** Checksum and size as they stand behind the deflate stream, little-endian. */
  private boolean trailerFits(byte[] input, int at, int end) {
    return end - at >= TRAILER_BYTES
        && int32(input, at) == (int) crc.getValue()
        && int32(input, at + 4) == (int) inflater.getBytesWritten();
  }

  /** Where the deflate stream begins, or negative. */
  private static int body(byte[] input, int at, int end) {
    if (end - at < HEADER_BYTES
        || input[at] != 0x1f
        || input[at + 1] != (byte) 0x8b
        || input[at + 2] != 8) {
      return -1;
    }
    int flags = input[at + 3];
    int next = at + HEADER_BYTES;
    if ((flags & HAS_EXTRA) != 0) {
      if (end - next < 2) {
        return -1;
      }
      next += 2 + (input[next] & 0xff) + ((input[next + 1] & 0xff) << 8);
    }
    if ((flags & HAS_NAME) != 0) {
      next = afterZero(input, next, end);
    }
    if ((flags & HAS_COMMENT) != 0) {
      next = afterZero(input, next, end);
    }
    if ((flags & HAS_CRC) != 0) {
      next += 2;
    }
    return next > end ? -1 : next;
  }

  private static int afterZero(byte[] input, int from, int end) {
    int at = from;
    while (at < end && input[at] != 0) {
      at++;
    }
    return at + 1;
  }

  private static int int32(byte[] input, int at) {
    return (input[at] & 0xff)
        | (input[at + 1] & 0xff) << 8
        | (input[at + 2] & 0xff) << 16
        | (input[at + 3] & 0xff) << 24;
  }
}
