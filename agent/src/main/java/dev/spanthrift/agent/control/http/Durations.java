package dev.spanthrift.agent.control.http;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 90s}, {@code 5m}, {@code 1h30m}, {@code PT5M}. */
public final class Durations {
  private static final Pattern SHORT =
      Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");

  private Durations() {}

  /** Returns nothing when the text is no duration. */
  public static Optional<Duration> parse(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    Matcher matcher = SHORT.matcher(word);
    if (!word.isEmpty() && matcher.matches()) {
      return Optional.of(
          Duration.ofDays(part(matcher, 1))
              .plusHours(part(matcher, 2))
              .plusMinutes(part(matcher, 3))
              .plusSeconds(part(matcher, 4)));
    }
    try {
      return Optional.of(Duration.parse(word));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static long part(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
