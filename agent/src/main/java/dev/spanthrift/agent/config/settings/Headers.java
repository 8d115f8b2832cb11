package dev.spanthrift.agent.config.settings;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Request headers in the form of W3C Baggage: {@code k=v,k2=v2}, values percent-encoded.
 *
 * <p>Source: OpenTelemetry specification, "Specifying headers via environment variables". A
 * semicolon has no meaning of its own. Its exceptions never contain a value.
 */
final class Headers {
  private Headers() {}

  static Map<String, String> parse(String text) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String entry : text.split(",", -1)) {
      if (entry.isBlank()) {
        continue;
      }
      int equals = entry.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("write k=v,k2=v2; an entry has no =");
      }
      String name = entry.substring(0, equals).strip();
      String value = decode(entry.substring(equals + 1).strip());
      headers.put(checkedName(name), checkedValue(name, value));
    }
    return headers;
  }

  static String checkedName(String name) {
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
      throw new IllegalArgumentException("\"" + name + "\" is not a header name");
    }
    return name;
  }

  static String checkedValue(String name, String value) {
    if (value.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
      throw new IllegalArgumentException(
          "the value of " + name + " has a character that a header cannot carry");
    }
    return value;
  }

  private static String decode(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        throw new IllegalArgumentException("% needs two hex digits; write a lone % as %25");
      }
      bytes.write(high * 16 + low);
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("percent-encoded bytes are not UTF-8", e);
    }
  }
}
