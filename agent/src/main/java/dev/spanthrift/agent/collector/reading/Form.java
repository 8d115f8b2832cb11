package dev.spanthrift.agent.collector.reading;

import java.util.List;
import java.util.Locale;

/**
 * Which values a key takes.
 *
 * @param allowed the words, for {@link Type#ONE}
 */
public record Form(Type type, List<String> allowed) {
  /** Kinds of values. */
  public enum Type {
    TEXT("a text"),
    WHOLE("a whole number"),
    NUMBER("a number"),
    FLAG("true or false"),
    TIME("a time such as 500ms, 10s or 1m30s"),
    LIST("a list of texts"),
    HEADERS("names with values"),
    ONE("one of"),
    ANY("anything"),
    PARTS("a list of sections");

    private final String right;

    Type(String right) {
      this.right = right;
    }

    /** What would be right. */
    String right() {
      return right;
    }
  }

  static Form parse(String text) {
    if (text.startsWith("one(")) {
      String words = text.substring(4, text.length() - 1);
      return new Form(Type.ONE, List.of(words.split("\\|", -1)));
    }
    return new Form(Type.valueOf(text.toUpperCase(Locale.ROOT)), List.of());
  }

  /** Whether the place has this form; if not, that is said. */
  boolean fits(Place at) {
    return switch (type) {
      case TEXT -> at.textOf().isPresent();
      case WHOLE -> at.wholeOf().isPresent();
      case NUMBER -> at.numberOf().isPresent();
      case FLAG -> at.flagOf().isPresent();
      case TIME -> at.nanosOf().isPresent();
      case ONE -> at.oneOf(allowed).isPresent();
      case LIST -> isTexts(at);
      case HEADERS, ANY, PARTS -> true;
    };
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
      case WHOLE, NUMBER -> at.number(Double.NaN) == Double.parseDouble(byDefault);
      case TIME -> at.nanos(-1) == Place.nanos(byDefault);
      case TEXT, FLAG, ONE -> at.text("").equals(byDefault);
      case LIST, HEADERS, ANY, PARTS -> false;
    };
  }
}
