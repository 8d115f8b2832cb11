package dev.spanthrift.agent.control.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sentence for people by what it says, so that the page can say it in its reader's language.
 *
 * <p>Stands in an answer beside the sentence itself, which is English.
 *
 * @param code stays the same while the words may change
 * @param values by their names in the sentence; shares are parts of one, and a sentence may stand
 *     in another one
 */
public record Note(NoteCode code, Map<String, Object> values) {
  static final Pattern VALUE = Pattern.compile("\\{(\\w+)(%?)}");

  private static final double ROUNDS_TO_FOUR = 999.5;

  public Note {
    values = Map.copyOf(values);
  }

  public static Note of(NoteCode code) {
    return new Note(code, Map.of());
  }

  public static Note of(NoteCode code, String name, Object value) {
    return new Note(code, Map.of(name, value));
  }

  /** The English sentence. */
  public String text() {
    return VALUE.matcher(code.text()).replaceAll(this::value);
  }

  private String value(MatchResult at) {
    Object value = values.getOrDefault(at.group(1), at.group());
    boolean isShare = !at.group(2).isEmpty();
    String words =
        switch (value) {
          case Double number when isShare -> number(100 * number) + " %";
          case Double number -> number(number);
          case Note sentence -> sentence.text();
          default -> String.valueOf(value);
        };
    return Matcher.quoteReplacement(words);
  }

  /** Three digits, and all of those before the point: no powers of ten of money. */
  public static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < ROUNDS_TO_FOUR ? "%.3g" : "%.0f", value);
  }

  /** Their sentences, in the same order. */
  public static List<String> texts(List<Note> notes) {
    return notes.stream().map(Note::text).toList();
  }
}
