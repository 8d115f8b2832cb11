package dev.spanthrift.agent.pipeline;

/**
 * The shape of a database statement: without its values, so that statements that differ in nothing
 * else are one, and nobody's data is in a message.
 *
 * <p>Texts in quotes, numbers and hexadecimal runs become {@code ?}, lists of them {@code ?}, runs
 * of space one space; cut after {@link #CHARACTERS_MAX}.
 */
final class StatementShape {
  static final int CHARACTERS_MAX = 200;

  private StatementShape() {}

  static String of(String statement) {
    StringBuilder shape = new StringBuilder();
    int at = 0;
    while (at < statement.length() && shape.length() < CHARACTERS_MAX) {
      char c = statement.charAt(at);
      if (c == '\'' || c == '"' || c == '`') {
        at = quoted(statement, at, c, shape);
      } else if (Character.isLetterOrDigit(c) || c == '_' || c == '$') {
        at = word(statement, at, shape);
      } else {
        at = other(statement, at, c, shape);
      }
    }
    String text = shape.toString().strip().replaceAll("\\?(?: ?, ?\\?)+", "?");
    return text.length() > CHARACTERS_MAX ? text.substring(0, CHARACTERS_MAX) : text;
  }

  /** A name in double quotes or backticks stays a name only in some dialects: all are values. */
  private static int quoted(String statement, int from, char quote, StringBuilder shape) {
    int at = from + 1;
    while (at < statement.length()) {
      char c = statement.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c == quote) {
        if (at < statement.length() && statement.charAt(at) == quote) {
          at++; // doubled: a quote inside
        } else {
          break;
        }
      }
    }
    shape.append('?');
    return at;
  }

  private static int word(String statement, int from, StringBuilder shape) {
    int at = from;
    boolean letters = false;
    boolean digits = false;
    while (at < statement.length() && isOfWord(statement.charAt(at), digits && !letters)) {
      char c = statement.charAt(at++);
      digits |= Character.isDigit(c);
      letters |= Character.isLetter(c) || c == '_';
    }
    String word = statement.substring(from, at);
    boolean value =
        Character.isDigit(word.charAt(0)) || (digits && word.length() >= 8) || word.length() > 40;
    shape.append(value ? "?" : word);
    return at;
  }

  private static boolean isOfWord(char c, boolean number) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || (number && c == '.');
  }

  private static int other(String statement, int at, char c, StringBuilder shape) {
    boolean space = Character.isWhitespace(c) || Character.isISOControl(c);
    boolean again = space && (shape.isEmpty() || shape.charAt(shape.length() - 1) == ' ');
    if (!again) {
      shape.append(space ? ' ' : c);
    }
    return at + 1;
  }
}
