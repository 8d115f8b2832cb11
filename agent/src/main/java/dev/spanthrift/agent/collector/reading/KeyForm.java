package dev.spanthrift.agent.collector.reading;

import java.util.List;
import java.util.Locale;

/**
 * Which values a key takes.
 *
 * @param allowed the words, for {@link Sort#ONE}
 */
public record KeyForm(Sort type, List<String> allowed) {
  /** Kinds of values. */
  public enum Sort {
    TEXT("a text"),
    WHOLE("a whole number"),
    /** Not negative. */
    COUNT("a whole number"),
    NUMBER("a number"),
    FLAG("true or false"),
    TIME("a time such as 500ms, 10s or 1m30s"),
    LIST("a list of texts"),
    HEADERS("names with values"),
    ONE("one of"),
    ANY("anything"),
    PARTS("a list of sections");

    private final String right;

    Sort(String right) {
      this.right = right;
    }

    /** What would be right. */
    String right() {
      return right;
    }
  }

  static KeyForm parse(String text) {
    if (text.startsWith("one(")) {
      String words = text.substring(4, text.length() - 1);
      return new KeyForm(Sort.ONE, List.of(words.split("\\|", -1)));
    }
    return new KeyForm(Sort.valueOf(text.toUpperCase(Locale.ROOT)), List.of());
  }

  /** Whether the place has this form; if not, that is said. */
  boolean fits(Place at) {
    return switch (type) {
      case TEXT -> at.textOf().isPresent();
      case WHOLE -> at.wholeOf().isPresent();
      case COUNT -> isPositive(at, at.wholeOf().orElse(-1L));
      case NUMBER -> at.numberOf().isPresent();
      case FLAG -> at.flagOf().isPresent();
      case TIME -> isPositive(at, at.nanosOf().orElse(-1L));
      case ONE -> at.oneOf(allowed).isPresent();
      case LIST -> isTexts(at);
      case HEADERS, ANY, PARTS -> true;
    };
  }

  private boolean isPositive(Place at, long value) {
    if (value < 0) {
      at.wrong("write " + type.right() + ", not negative"); // unless another mistake was said
    }
    return value >= 0;
  }

  private static boolean isTexts(Place at) {
    boolean all = true;
    for (Place element : at.elements()) {
      all &= element.textOf().isPresent();
    }
    return all && at.isList();
  }

  /** Whether the place says what is so without it. */
  boolean same(Place at, String byDefault) {
    if (at.isEmpty()) {
      return true;
    }
    if (byDefault.equals("-")) {
      return false;
    }
    return switch (type) {
      case WHOLE, COUNT, NUMBER -> at.number(Double.NaN) == Double.parseDouble(byDefault);
      case TIME -> at.nanos(-1) == Place.nanos(byDefault);
      case TEXT, FLAG, ONE -> at.text("").equals(byDefault);
      case LIST, HEADERS, ANY, PARTS -> false;
    };
  }
}
