package dev.spanthrift.agent.receive.door;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Words for answers: cut, encoded, escaped. */
public final class AnswerText {
  private static final String HEX = "0123456789ABCDEF";

  private AnswerText() {}

  /** At most so many bytes of UTF-8; what was cut ends in an ellipsis. */
  static String shortened(String text, int bytes) {
    if (text.length() * 3L <= bytes) {
      return text;
    }
    int end = 0;
    int size = 0;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      size += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (size > bytes - 3) {
        return text.substring(0, end) + "…";
      }
      end += Character.charCount(point);
    }
    return text;
  }

  /** As the header {@code grpc-message} wants it: printable ASCII, the rest %XX. */
  public static String percentEncoded(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append('%').append(HEX.charAt((b >> 4) & 15)).append(HEX.charAt(b & 15));
      }
    }
    return out.toString();
  }

  /** A JSON string with its quotes. */
  static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
