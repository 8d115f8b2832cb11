package dev.spanthrift.agent.receive.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes from text: hex for ids (specs.md J1), base64 for all others (J2). */
final class BinaryText {
  private static final byte[] HEX = table("0123456789abcdef");
  private static final byte[] BASE64 =
      table("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  static {
    for (char c = 'A'; c <= 'F'; c++) {
      HEX[c] = (byte) (c - 'A' + 10);
    }
    BASE64['-'] = BASE64['+']; // the URL alphabet: proto3 JSON takes both
    BASE64['_'] = BASE64['/'];
  }

  private BinaryText() {}

  /** Whether all are hex digits, and their number is even. */
  static boolean isHex(char[] text, int start, int length) {
    return length % 2 == 0 && all(HEX, text, start, length);
  }

  /** Writes {@code length / 2} bytes. */
  static void putHex(char[] text, int start, int length, byte[] out, int at) {
    for (int i = 0; i < length / 2; i++) {
      int digit = start + 2 * i;
      out[at + i] = (byte) (HEX[text[digit]] << 4 | HEX[text[digit + 1]]);
    }
  }

  /** Characters without padding, or -1 when it is not base64; padding may be absent. */
  static int base64Length(char[] text, int start, int length) {
    int end = start + length;
    int padding = 0;
    while (padding < 2 && end > start && text[end - 1] == '=') {
      end--;
      padding++;
    }
    int digits = end - start;
    boolean padded = padding == 0 || length % 4 == 0;
    return padded && digits % 4 != 1 && all(BASE64, text, start, digits) ? digits : -1;
  }

  /** Bytes that so many base64 characters say. */
  static int base64Size(int digits) {
    return (int) (digits * 3L / 4);
  }

  /** Writes {@link #base64Size} bytes. */
  static void putBase64(char[] text, int start, int digits, byte[] out, int at) {
    int bits = 0;
    int held = 0;
    int next = at;
    for (int i = start; i < start + digits; i++) {
      bits = bits << 6 | BASE64[text[i]];
      held += 6;
      if (held >= 8) {
        held -= 8;
        out[next++] = (byte) (bits >> held);
      }
    }
  }

  private static boolean all(byte[] table, char[] text, int start, int length) {
    for (int i = start; i < start + length; i++) {
      if (text[i] >= table.length || table[text[i]] < 0) {
        return false;
      }
    }
    return true;
  }

  private static byte[] table(String alphabet) {
    byte[] table = new byte[128];
    Arrays.fill(table, (byte) -1);
    byte[] characters = alphabet.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < characters.length; i++) {
      table[characters[i]] = (byte) i;
    }
    return table;
  }
}
