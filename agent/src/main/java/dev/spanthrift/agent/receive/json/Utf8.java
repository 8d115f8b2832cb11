package dev.spanthrift.agent.receive.json;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Checks UTF-8 on the way in, writes it on the way out.
 *
 * <p>The check is ours because Jackson lets overlong forms and encoded surrogates pass. Half a
 * surrogate pair, which JSON can say ({@code \ud83d}) and programs that cut strings do say, becomes
 * U+FFFD: protobuf has no form for it, and one cut emoji is no reason to refuse a request.
 */
final class Utf8 {
  private static final char REPLACEMENT = '\uFFFD';

  private Utf8() {}

  /** Offset of the first byte that is not UTF-8, or -1. */
  static int firstInvalid(byte[] bytes, int offset, int length) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports, does not replace
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
    CharBuffer seen = CharBuffer.allocate(Math.clamp(length, 2, 4096));
    CoderResult result;
    do {
      result = decoder.decode(in, seen.clear(), true);
    } while (result.isOverflow());
    return result.isError() ? in.position() : -1;
  }

  /** Size of the text in UTF-8, in bytes. */
  static int size(char[] text, int start, int length) {
    int size = length;
    for (int i = start; i < start + length; i++) {
      char c = text[i];
      if (c >= 0x800) {
        size += 2; // three bytes; a pair of chars four
        if (isPair(text, i, start + length)) {
          i++;
        }
      } else if (c >= 0x80) {
        size++;
      }
    }
    return size;
  }

  /** Writes {@link #size} bytes. */
  static void put(char[] text, int start, int length, byte[] out, int at) {
    int next = at;
    for (int i = start; i < start + length; i++) {
      char c = text[i];
      if (c < 0x80) {
        out[next++] = (byte) c;
      } else if (isPair(text, i, start + length)) {
        next = putCodePoint(Character.toCodePoint(c, text[++i]), out, next);
      } else {
        next = putCodePoint(Character.isSurrogate(c) ? REPLACEMENT : c, out, next);
      }
    }
  }

  private static boolean isPair(char[] text, int i, int end) {
    return Character.isHighSurrogate(text[i])
        && i + 1 < end
        && Character.isLowSurrogate(text[i + 1]);
  }

  private static int putCodePoint(int code, byte[] out, int at) {
    int continuations = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    int lead = 0xFF00 >> (continuations + 1); // 110xxxxx, 1110xxxx, 11110xxx
    out[at] = (byte) (lead | (code >> (6 * continuations)));
    for (int i = 1; i <= continuations; i++) {
      out[at + i] = (byte) (0x80 | ((code >> (6 * (continuations - i))) & 0x3F));
    }
    return at + continuations + 1;
  }
}
