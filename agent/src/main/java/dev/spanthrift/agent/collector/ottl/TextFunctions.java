package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.OttlKind;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Bytes;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Items;
import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexMatcher;
import dev.spanthrift.sampler.policy.regex.RegexSyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Functions of texts; a text is its bytes of UTF-8, as in Go. */
final class TextFunctions {
  private TextFunctions() {}

  private static String text(@Nullable Object argument) {
    return (String) Objects.requireNonNull(argument);
  }

  private static long number(@Nullable Object argument) {
    return (Long) Objects.requireNonNull(argument);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Character by character: no letter becomes two. */
  static String lower(@Nullable String text) {
    return mapped(text(text), Character::toLowerCase);
  }

  static String upper(@Nullable String text) {
    return mapped(text(text), Character::toUpperCase);
  }

  private static String mapped(String text, IntUnaryOperator map) {
    int[] points = text.codePoints().map(map).toArray();
    return new String(points, 0, points.length);
  }

  static Object convertCase(@Nullable Object[] arguments) {
    return text(arguments[1]).equals("lower")
        ? lower(text(arguments[0]))
        : upper(text(arguments[0]));
  }

  static Object concat(@Nullable Object[] arguments) {
    List<String> parts = new ArrayList<>();
    for (Object part : ((Items) Objects.requireNonNull(arguments[0])).items()) {
      parts.add(part == null ? "<nil>" : (String) part);
    }
    return String.join(text(arguments[1]), parts);
  }

  static Object hasPrefix(@Nullable Object[] arguments) {
    return text(arguments[0]).startsWith(text(arguments[1]));
  }

  static Object hasSuffix(@Nullable Object[] arguments) {
    return text(arguments[0]).endsWith(text(arguments[1]));
  }

  /** A pattern that is not written in the condition is compiled each time. */
  static Object isMatch(@Nullable Object[] arguments) {
    try {
      return matches(Regex.compile(text(arguments[1])).matcher(), arguments[0]);
    } catch (RegexSyntaxException e) {
      return Failure.INPUT;
    }
  }

  static boolean matches(RegexMatcher matcher, @Nullable Object text) {
    if (text == null) {
      return false;
    }
    byte[] bytes = utf8(text(text));
    return matcher.find(bytes, 0, bytes.length);
  }

  /** By bytes; what lies outside of the text fails. */
  static Object substring(@Nullable Object[] arguments) {
    byte[] text = utf8(text(arguments[0]));
    long start = number(arguments[1]);
    long length = number(arguments[2]);
    if (start < 0 || length <= 0 || start > text.length || length > text.length - start) {
      return Failure.INPUT;
    }
    int from = (int) start;
    int to = (int) (start + length);
    if (Boolean.TRUE.equals(arguments[3])) {
      while (from < text.length && !beginsCharacter(text[from])) {
        from++;
      }
      while (from < to && to < text.length && !beginsCharacter(text[to])) {
        to--;
      }
    }
    return new String(text, from, Math.max(0, to - from), StandardCharsets.UTF_8);
  }

  private static boolean beginsCharacter(byte b) {
    return (b & 0xc0) != 0x80;
  }

  static Object split(@Nullable Object[] arguments) {
    String text = text(arguments[0]);
    String delimiter = text(arguments[1]);
    List<@Nullable Object> parts = new ArrayList<>();
    if (delimiter.isEmpty()) {
      text.codePoints().forEach(c -> parts.add(Character.toString(c)));
    } else {
      parts.addAll(Arrays.asList(text.split(Pattern.quote(delimiter), -1)));
    }
    return new Items(parts, true);
  }

  /** Takes characters of the set away at both ends. */
  static Object trim(@Nullable Object[] arguments) {
    int[] text = text(arguments[0]).codePoints().toArray();
    String set = arguments[1] == null ? " " : text(arguments[1]);
    int from = 0;
    int to = text.length;
    while (from < to && set.indexOf(text[from]) >= 0) {
      from++;
    }
    while (from < to && set.indexOf(text[to - 1]) >= 0) {
      to--;
    }
    return new String(text, from, to - from);
  }

  static Object trimPrefix(@Nullable Object[] arguments) {
    String text = text(arguments[0]);
    String prefix = text(arguments[1]);
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }

  static Object trimSuffix(@Nullable Object[] arguments) {
    String text = text(arguments[0]);
    String suffix = text(arguments[1]);
    return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
  }

  /** Base 0 finds it from the prefix {@code 0x}, {@code 0o}, {@code 0b} or {@code 0}. */
  static Object parseInt(@Nullable Object[] arguments) {
    String text = text(arguments[0]);
    long base = number(arguments[1]);
    if (base != 0 && (base < 2 || base > 36)) {
      return Failure.INPUT;
    }
    String sign = text.startsWith("-") || text.startsWith("+") ? text.substring(0, 1) : "";
    String digits = text.substring(sign.length());
    if (digits.isEmpty() || digits.startsWith("-") || digits.startsWith("+")) {
      return Failure.INPUT;
    }
    if (base != 0) {
      return OttlKind.parsedWhole(text, (int) base);
    }
    String plain = digits.replace("_", "");
    String prefix =
        plain.length() > 1 ? plain.substring(0, 2).toLowerCase(java.util.Locale.ROOT) : "";
    return switch (prefix) {
      case "0x" -> OttlKind.parsedWhole(sign + plain.substring(2), 16);
      case "0b" -> OttlKind.parsedWhole(sign + plain.substring(2), 2);
      case "0o" -> OttlKind.parsedWhole(sign + plain.substring(2), 8);
      default ->
          plain.startsWith("0") && plain.length() > 1
              ? OttlKind.parsedWhole(sign + plain, 8)
              : OttlKind.parsedWhole(sign + plain, 10);
    };
  }

  static Object base64(@Nullable Object[] arguments) {
    byte[] text = utf8(text(arguments[0]));
    return switch (arguments[1] == null ? "base64" : text(arguments[1])) {
      case "base64" -> Base64.getEncoder().encodeToString(text);
      case "base64-raw" -> Base64.getEncoder().withoutPadding().encodeToString(text);
      case "base64-url" -> Base64.getUrlEncoder().encodeToString(text);
      case "base64-raw-url" -> Base64.getUrlEncoder().withoutPadding().encodeToString(text);
      default -> Failure.INPUT;
    };
  }

  static Object decode(@Nullable Object[] arguments) {
    byte[] bytes =
        switch (arguments[0]) {
          case String text -> utf8(text);
          case Bytes raw -> raw.bytes();
          case null, default -> null;
        };
    if (bytes == null) {
      return Failure.INPUT;
    }
    String encoding = text(arguments[1]);
    try {
      byte[] decoded =
          encoding.endsWith("url")
              ? Base64.getUrlDecoder().decode(bytes)
              : Base64.getDecoder().decode(bytes);
      return bytes.length % 4 == 0 || encoding.contains("raw")
          ? new String(decoded, StandardCharsets.UTF_8)
          : Failure.INPUT;
    } catch (IllegalArgumentException notOne) {
      return Failure.INPUT;
    }
  }
}
