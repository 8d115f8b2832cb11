package dev.spanthrift.agent.collector.ottl.value;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 1h30m}, {@code -1.5s}, {@code 500ms}; a lone 0 is none. */
public final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static long nanos(String text) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String size = signed ? text.substring(1) : text;
    if (size.equals("0")) {
      return 0;
    }
    Matcher matcher = PART.matcher(size);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (end < size.length() && matcher.find(end) && matcher.start() == end) {
      BigDecimal number = new BigDecimal(matcher.group(1).replaceFirst("\\.$", ""));
      nanos =
          nanos.add(number.multiply(BigDecimal.valueOf(NANOS.getOrDefault(matcher.group(2), 0L))));
      end = matcher.end();
    }
    if (end == 0
        || end < size.length()
        || nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("write a time such as 500ms, 10s or 1m30s");
    }
    return text.startsWith("-") ? -nanos.longValue() : nanos.longValue();
  }
}
