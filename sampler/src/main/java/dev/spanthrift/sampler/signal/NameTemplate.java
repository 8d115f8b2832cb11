package dev.spanthrift.sampler.signal;

import java.nio.charset.StandardCharsets;

/**
 * Turns names that carry values into templates: {@code GET /user/8731} into {@code GET /user/{}}.
 *
 * <p>A word (a run of ASCII letters and digits) becomes {@code {}} when it is a number, a hex run
 * of at least 8 with a digit in it, or at least 20 long with 4 digits (ULIDs, tokens); a uuid
 * becomes one {@code {}}. Everything else stays. Hash and text are computed from the same walk.
 */
final class NameTemplate {
  /** Bytes of a name that are looked at; longer names are cut. */
  static final int LENGTH_MAX = 256;

  private static final int UUID_LENGTH = 36;

  private NameTemplate() {}

  /** Hash of the template, without building it. */
  static long hash(long seed, byte[] buffer, int offset, int length) {
    long hash = seed;
    int end = offset + Math.min(length, LENGTH_MAX);
    int i = offset;
    while (i < end) {
      int next = valueEnd(buffer, i, end);
      if (next > 0) {
        hash = StableHash.step(StableHash.step(hash, '{'), '}');
        i = next;
      } else {
        int wordEnd = Math.max(i + 1, wordEnd(buffer, i, end));
        for (; i < wordEnd; i++) {
          hash = StableHash.step(hash, buffer[i]);
        }
      }
    }
    return StableHash.mix(hash);
  }

  /** The template as text. */
  static String text(byte[] buffer, int offset, int length) {
    byte[] out = new byte[2 * LENGTH_MAX];
    int size = 0;
    int end = offset + Math.min(length, LENGTH_MAX);
    int i = offset;
    while (i < end) {
      int next = valueEnd(buffer, i, end);
      if (next > 0) {
        out[size++] = '{';
        out[size++] = '}';
        i = next;
      } else {
        int wordEnd = Math.max(i + 1, wordEnd(buffer, i, end));
        while (i < wordEnd) {
          out[size++] = buffer[i++];
        }
      }
    }
    return new String(out, 0, size, StandardCharsets.UTF_8);
  }

  /** End of the value that begins here, or 0 when none does. */
  private static int valueEnd(byte[] buffer, int start, int end) {
    int wordEnd = start;
    int digits = 0;
    boolean hex = true;
    for (; wordEnd < end && isWord(buffer[wordEnd]); wordEnd++) {
      digits += isDigit(buffer[wordEnd]) ? 1 : 0;
      hex &= isHex(buffer[wordEnd]);
    }
    int length = wordEnd - start;
    if (length == 8 && hex && isUuid(buffer, start, end)) {
      return start + UUID_LENGTH;
    }
    if (digits == 0) {
      return 0;
    }
    boolean value = digits == length || (hex && length >= 8) || (length >= 20 && digits >= 4);
    return value ? wordEnd : 0;
  }

  private static int wordEnd(byte[] buffer, int start, int end) {
    int i = start;
    while (i < end && isWord(buffer[i])) {
      i++;
    }
    return i;
  }

  private static boolean isUuid(byte[] buffer, int start, int end) {
    if (start + UUID_LENGTH > end) {
      return false;
    }
    for (int i = 0; i < UUID_LENGTH; i++) {
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      byte b = buffer[start + i];
      if (dash ? b != '-' : !isHex(b)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean isHex(byte b) {
    int lower = b | 0x20;
    return isDigit(b) || (lower >= 'a' && lower <= 'f');
  }

  private static boolean isWord(byte b) {
    int lower = b | 0x20;
    return isDigit(b) || (lower >= 'a' && lower <= 'z');
  }
}
