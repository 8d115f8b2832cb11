package dev.spanthrift.agent.collector.ottl.value;

import dev.spanthrift.agent.collector.ottl.value.OttlValues.Bytes;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Id;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Items;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Nanos;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Pairs;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values as texts, in the form that Go's JSON has. */
final class OttlText {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private OttlText() {}

  /** A text stays as it is, bytes are hexadecimal, all else is JSON; a {@link Failure} if none. */
  static @Nullable Object of(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Bytes bytes -> HexFormat.of().formatHex(bytes.bytes());
      case Failure failure -> failure;
      default -> {
        StringBuilder json = new StringBuilder();
        yield append(value, json) ? json.toString() : Failure.TYPE;
      }
    };
  }

  private static boolean append(@Nullable Object value, StringBuilder json) {
    return switch (value) {
      case null -> appended(json, "null");
      case Boolean flag -> appended(json, flag.toString());
      case Long whole -> appended(json, whole.toString());
      case Double number -> Double.isFinite(number) && appended(json, number(number));
      case String text -> quoted(text, json);
      case Bytes bytes ->
          appended(json, '"' + Base64.getEncoder().encodeToString(bytes.bytes()) + '"');
      case Nanos nanos -> appended(json, Long.toString(nanos.value()));
      case Instant time -> appended(json, '"' + TIME.format(time) + '"');
      case Id id -> numbers(id, json);
      case Items items -> items(items, json);
      case Pairs pairs -> pairs(pairs, json);
      default -> false;
    };
  }

  private static boolean appended(StringBuilder json, String text) {
    json.append(text);
    return true;
  }

  /** The shortest digits; an exponent below 1e-6 and from 1e21 on. */
  static String number(double value) {
    double size = Math.abs(value);
    if (size == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (size >= 1e-6 && size < 1e21) {
      return exact.toPlainString();
    }
    String digits = exact.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - exact.scale();
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + fraction
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private static boolean numbers(Id id, StringBuilder json) {
    json.append('[');
    for (byte b : id.bytes().bytes()) {
      json.append(json.charAt(json.length() - 1) == '[' ? "" : ",").append(b & 0xff);
    }
    return appended(json, "]");
  }

  private static boolean items(Items items, StringBuilder json) {
    json.append('[');
    String separator = "";
    for (Object item : items.items()) {
      json.append(separator);
      if (!append(item, json)) {
        return false;
      }
      separator = ",";
    }
    return appended(json, "]");
  }

  private static boolean pairs(Pairs pairs, StringBuilder json) {
    TreeMap<String, Integer> sorted = new TreeMap<>();
    for (int i = 0; i < pairs.keys().size(); i++) {
      sorted.put(pairs.keys().get(i), i); // as a map made of pairs: the last one counts
    }
    json.append('{');
    String separator = "";
    for (var entry : sorted.entrySet()) {
      json.append(separator);
      quoted(entry.getKey(), json);
      json.append(':');
      if (!append(pairs.values().get(entry.getValue()), json)) {
        return false;
      }
      separator = ",";
    }
    return appended(json, "}");
  }

  private static boolean quoted(String text, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ' || "<>&\u2028\u2029".indexOf(c) >= 0) {
            json.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            json.append(c);
          }
        }
      }
    }
    return appended(json, "\"");
  }
}
