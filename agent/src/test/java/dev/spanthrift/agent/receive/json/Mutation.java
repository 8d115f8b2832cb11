package dev.spanthrift.agent.receive.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** One to three random changes of a JSON text, at the places where parsers go wrong. */
final class Mutation {
  private static final String[] INSERTS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\ud800",
    "null",
    "true",
    "1e999999999",
    "-",
    "0",
    "[[[[[[[[[[[[[[[[",
    "{\"value\":",
    "\"\"",
    "NaN",
    "\u0000",
    "\u00c0\u0080",
    "\u00ed\u00a0\u0080",
    "\u00ff",
    "\u00ef\u00bb\u00bf",
    "/**/",
    "1.5",
    "99999999999999999999",
    "\"traceId\":\"0g\",",
  };

  private final Random random;

  Mutation(Random random) {
    this.random = random;
  }

  byte[] of(byte[] original) {
    byte[] bytes = original;
    for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
      bytes = once(bytes);
    }
    return bytes;
  }

  private byte[] once(byte[] bytes) {
    int from = random.nextInt(bytes.length);
    int to = Math.min(bytes.length, from + 1 + random.nextInt(20));
    return switch (random.nextInt(7)) {
      case 0 -> spliced(bytes, from, from + 1, new byte[] {(byte) random.nextInt(256)});
      case 1 -> spliced(bytes, from, to, new byte[0]);
      case 2 -> spliced(bytes, from, from, Arrays.copyOfRange(bytes, from, to));
      case 3 -> random.nextInt(4) == 0 ? spliced(bytes, from, bytes.length, new byte[0]) : bytes;
      case 4 -> swappedDigit(bytes, from);
      default -> spliced(bytes, from, from, insert());
    };
  }

  /** A change that mostly leaves the JSON well-formed. */
  private byte[] swappedDigit(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (Character.isLetterOrDigit(bytes[i])) {
        return spliced(bytes, i, i + 1, new byte[] {(byte) ('0' + random.nextInt(10))});
      }
    }
    return bytes;
  }

  private byte[] insert() {
    return INSERTS[random.nextInt(INSERTS.length)].getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] with) {
    byte[] result = new byte[from + with.length + bytes.length - to];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(with, 0, result, from, with.length);
    System.arraycopy(bytes, to, result, from + with.length, bytes.length - to);
    return result;
  }
}
