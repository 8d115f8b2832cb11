package dev.spanthrift.agent.config.settings;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Text to value, for every type that a setting has; what it throws says what would be right. */
public final class Values {
  private static final Pattern DURATION = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(us|ms|s|m|h|d)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "us", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L,
          "d", 86_400_000_000_000L);

  private static final Map<Class<?>, Function<String, Object>> PARSERS =
      Map.ofEntries(
          Map.entry(int.class, Values::integer),
          Map.entry(boolean.class, Values::bool),
          Map.entry(Duration.class, Values::duration),
          Map.entry(ByteSize.class, ByteSize::parse),
          Map.entry(Probability.class, Probability::parse),
          Map.entry(Path.class, Values::path),
          Map.entry(URI.class, Values::uri),
          Map.entry(BigDecimal.class, Values::decimal),
          Map.entry(Currency.class, Values::currency),
          Map.entry(ZoneId.class, Values::zone));

  private Values() {}

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException saying what would be right
   */
  static Object parse(Class<?> type, String text) {
    String stripped = text.strip();
    if (type.isEnum()) {
      return constant(type, stripped);
    }
    if (type == String.class) {
      return text;
    }
    Function<String, Object> parser = PARSERS.get(type);
    if (parser == null) {
      throw new IllegalStateException("a setting has the type " + type);
    }
    return parser.apply(stripped);
  }

  public static Duration duration(String text) {
    String right = "write a time with its unit, such as 500ms, 1s, 2m or 1h";
    Matcher matcher = DURATION.matcher(text);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (end < text.length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw new IllegalArgumentException(right);
      }
      BigDecimal unit = BigDecimal.valueOf(NANOS.getOrDefault(matcher.group(2), 0L));
      nanos = nanos.add(new BigDecimal(matcher.group(1)).multiply(unit));
      end = matcher.end();
    }
    if (end == 0 || nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException(right);
    }
    return Duration.ofNanos(nanos.longValue());
  }

  /** The shortest form that {@link #duration} reads. */
  public static String text(Duration value) {
    long nanos = value.toNanos();
    for (String unit : new String[] {"h", "m", "s", "ms", "us"}) {
      long size = NANOS.getOrDefault(unit, 1L);
      if (nanos != 0 && nanos % size == 0) {
        return nanos / size + unit;
      }
    }
    return nanos == 0 ? "0s" : nanos / 1000 + "us";
  }

  private static Object integer(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      // A Service named like the setting makes Kubernetes set this variable in every pod.
      String right =
          text.startsWith("tcp://")
              ? "write a whole number; Kubernetes made this one from a Service: set"
                  + " enableServiceLinks: false in the pod"
              : "write a whole number";
      throw new IllegalArgumentException(right, e);
    }
  }

  private static Object bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("write true or false");
    };
  }

  private static Object constant(Class<?> type, String text) {
    Object[] constants = type.getEnumConstants();
    for (Object constant : constants) {
      if (constant.toString().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    String known =
        Arrays.stream(constants)
            .map(constant -> word((Enum<?>) constant))
            .collect(Collectors.joining(", "));
    throw new IllegalArgumentException("write one of " + known);
  }

  /** In small letters, unless the constant has a word of its own. */
  private static String word(Enum<?> constant) {
    String text = constant.toString();
    return text.equals(constant.name()) ? text.toLowerCase(Locale.ROOT) : text;
  }

  private static Path path(String text) {
    return text.equals("~") || text.startsWith("~/")
        ? Path.of(System.getProperty("user.home", "."), text.substring(1))
        : Path.of(text);
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("write it as http://host:port or https://host:port", e);
    }
  }

  private static BigDecimal decimal(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("write a number such as 0.50", e);
    }
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("write a time zone such as Europe/Berlin or UTC", e);
    }
  }

  private static Currency currency(String text) {
    try {
      return Currency.getInstance(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("write a currency by its three letters, such as USD", e);
    }
  }
}
