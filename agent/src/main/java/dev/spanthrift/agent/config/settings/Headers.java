package dev.spanthrift.agent.config.settings;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
    for (Entry entry : entries(text)) {
      headers.put(checkedName(entry.name()), checkedValue(entry.name(), decode(entry.value())));
    }
    return headers;
  }

  /** One of {@code k=v,k2=v2}, as it stands there. */
  record Entry(String name, String value) {}

  static List<Entry> entries(String text) {
    List<Entry> entries = new ArrayList<>();
    for (String entry : text.split(",", -1)) {
      if (entry.isBlank()) {
        continue;
      }
      int equals = entry.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("write k=v,k2=v2; an entry has no =");
      }
      entries.add(
          new Entry(entry.substring(0, equals).strip(), entry.substring(equals + 1).strip()));
    }
    return entries;
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
    int from = 0;
    for (int at = text.indexOf('%'); at >= 0; at = text.indexOf('%', from)) {
      bytes.writeBytes(text.substring(from, at).getBytes(StandardCharsets.UTF_8));
      bytes.write(encoded(text, at));
      from = at + 3;
    }
    bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("percent-encoded bytes are not UTF-8", e);
    }
  }

  private static int encoded(String text, int at) {
    int high = at + 2 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
    int low = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
    if (high < 0 || low < 0) {
      throw new IllegalArgumentException("% needs two hex digits; write a lone % as %25");
    }
    return high * 16 + low;
  }
}
