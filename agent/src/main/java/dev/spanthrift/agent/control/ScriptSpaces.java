package dev.spanthrift.agent.control;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * A script without the spaces that only its readers need: a twentieth of what the page weighs,
 * packed.
 *
 * <p>Strings, templates and regular expressions stay as they are, and so do line ends on which the
 * meaning may depend. What cannot be told apart without a parser is refused: a remark within code,
 * a stroke that may divide or begin a regular expression, a string that its line does not end.
 */
final class ScriptSpaces {
  /** What a regular expression may stand behind; behind most else a stroke divides. */
  private static final String BEFORE_PATTERN = "(,=:[!&|?{;>";

  /** Behind these it may do either, and two strokes would become a remark. */
  private static final String BEFORE_EITHER = "}+-*/%<^~\n";

  private static final Pattern WORD_BEFORE_PATTERN =
      Pattern.compile("(^|[^\\w$.])(return|typeof|case|of|in|do|else|void|delete|await|yield)$");

  private static final int WORD_MAX = 8;
  private static final String PATTERN = "a regular expression";

  private final String text;
  private final StringBuilder out;
  private final Deque<Integer> braces = new ArrayDeque<>(); // open in each template's expression
  private int at;

  private ScriptSpaces(String text) {
    this.text = text;
    out = new StringBuilder(text.length());
  }

  static String without(String text) {
    ScriptSpaces spaces = new ScriptSpaces(text);
    spaces.code();
    return spaces.out.toString();
  }

  private void code() {
    while (at < text.length()) {
      char c = text.charAt(at);
      switch (c) {
        case '"', '\'' -> quoted(c);
        case '`' -> template();
        case ' ' -> space();
        case '\n' -> line();
        case '/' -> stroke();
        case '{' -> brace(1);
        case '}' -> {
          if (!braces.isEmpty() && braces.getFirst() == 0) {
            return; // the end of a template's expression
          }
          brace(-1);
        }
        default -> take(1);
      }
    }
  }

  private void take(int characters) {
    int end = Math.min(text.length(), at + characters);
    out.append(text, at, end);
    at = end;
  }

  private void brace(int by) {
    if (!braces.isEmpty()) {
      braces.push(braces.pop() + by);
    }
    take(1);
  }

  /** Two words, and two signs that would become one, must stay apart. */
  private void space() {
    char before = last();
    char after = at + 1 < text.length() ? text.charAt(at + 1) : '\n';
    boolean words = isOfWord(before) && isOfWord(after);
    boolean signs = (before == '+' || before == '-') && before == after;
    if (after == '.' && Character.isDigit(before)) {
      throw unread("a dot behind a digit");
    }
    if (words || signs) {
      out.append(' ');
    }
    at++;
  }

  /** Behind these no line end means anything. */
  private void line() {
    if (";,{(".indexOf(last()) < 0) {
      out.append('\n');
    }
    at++;
  }

  private static boolean isOfWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  private char last() {
    return out.isEmpty() ? '\n' : out.charAt(out.length() - 1);
  }

  private void quoted(char end) {
    take(1);
    while (ofLine("a string") != end) {
      take(text.charAt(at) == '\\' ? 2 : 1);
    }
    take(1);
  }

  /** The character at hand, of what must end in its line. */
  private char ofLine(String what) {
    if (at >= text.length() || text.charAt(at) == '\n') {
      throw unread("the end of a line in " + what);
    }
    return text.charAt(at);
  }

  private IllegalStateException unread(String what) {
    int begin = text.lastIndexOf('\n', Math.max(0, at - 1)) + 1;
    int end = text.indexOf('\n', at);
    String line = text.substring(begin, end < begin ? text.length() : end);
    return new IllegalStateException(what + " has a form that is not known: " + line);
  }

  private void template() {
    take(1);
    while (at < text.length() && text.charAt(at) != '`') {
      if (text.startsWith("${", at)) {
        take(2);
        braces.push(0);
        code();
        braces.pop();
        take(1);
      } else {
        take(text.charAt(at) == '\\' ? 2 : 1);
      }
    }
    take(1);
  }

  private void stroke() {
    if (text.startsWith("//", at)) {
      int end = text.indexOf('\n', at);
      at = end < 0 ? text.length() : end;
    } else if (text.startsWith("/*", at)) {
      throw unread("a remark within code");
    } else if (isBeforePattern()) {
      pattern();
    } else if (BEFORE_EITHER.indexOf(last()) >= 0) {
      throw unread("a stroke that may divide");
    } else {
      take(1);
    }
  }

  private boolean isBeforePattern() {
    String end = out.substring(Math.max(0, out.length() - WORD_MAX));
    return BEFORE_PATTERN.indexOf(last()) >= 0 || WORD_BEFORE_PATTERN.matcher(end).find();
  }

  private void pattern() {
    take(1);
    boolean ofClass = false;
    for (char c = ofLine(PATTERN); ofClass || c != '/'; c = ofLine(PATTERN)) {
      ofClass = c == '[' || (ofClass && c != ']');
      take(1);
      if (c == '\\') {
        ofLine(PATTERN);
        take(1);
      }
    }
    take(1);
  }
}
