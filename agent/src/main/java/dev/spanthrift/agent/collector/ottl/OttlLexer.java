package dev.spanthrift.agent.collector.ottl;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a condition into tokens. */
final class OttlLexer {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(?<text>\"(?:\\\\.|[^\\\\\"])*+\")|(?<bytes>0x[0-9a-fA-F]+)"
              + "|(?<float>(?:[0-9]+\\.[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?)|(?<int>[0-9]+)"
              + "|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<sign>==|!=|<=|>=|=>|[-+*/<>()\\[\\]{}.,:=]))",
          Pattern.DOTALL);
  private static final int TOKENS_MAX = 2_000;

  private OttlLexer() {}

  /** What a token is. */
  enum Kind {
    TEXT,
    BYTES,
    FLOAT,
    INT,
    WORD,
    SIGN,
    END
  }

  /** A token as written; a text without its quotes. */
  record Token(Kind kind, String text) {}

  static final Token END = new Token(Kind.END, "");

  static List<Token> tokens(String text) throws Ottl.UnsupportedException {
    List<Token> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text);
    int end = 0;
    while (!text.substring(end).isBlank()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw new Ottl.InvalidException("what does \"" + text.substring(end).strip() + "\" mean?");
      }
      if (tokens.size() == TOKENS_MAX) {
        throw new Ottl.UnsupportedException("a condition of more than " + TOKENS_MAX + " words");
      }
      tokens.add(token(matcher));
      end = matcher.end();
    }
    return tokens;
  }

  private static Token token(Matcher matcher) throws Ottl.UnsupportedException {
    for (Kind kind : Kind.values()) {
      String found =
          kind == Kind.END ? null : matcher.group(kind.name().toLowerCase(java.util.Locale.ROOT));
      if (found != null) {
        return new Token(kind, kind == Kind.TEXT ? unquoted(found) : found);
      }
    }
    return END;
  }

  /** Escapes as in Go; others are refused, as the Collector does. */
  private static String unquoted(String token) throws Ottl.UnsupportedException {
    StringBuilder text = new StringBuilder();
    int at = 1;
    while (at < token.length() - 1) {
      char c = token.charAt(at++);
      if (c == '\n') {
        throw new Ottl.InvalidException("the text " + token + " goes over a line's end; write \\n");
      }
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escape = token.charAt(at++);
      int simple = "abfnrtv\\\"".indexOf(escape);
      if (simple >= 0) {
        text.append("\u0007\b\f\n\r\t\u000b\\\"".charAt(simple));
      } else {
        at = numbered(token, escape, at, text);
      }
    }
    return text.toString();
  }

  /** {@code \}x41, {@code \}u0041, {@code \}U00000041 or {@code \}101. */
  private static int numbered(String token, char escape, int at, StringBuilder text)
      throws Ottl.UnsupportedException {
    boolean octal = escape >= '0' && escape <= '7';
    int digits = octal ? 3 : escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
    int from = octal ? at - 1 : at;
    try {
      int code = Integer.parseInt(token.substring(from, from + digits), octal ? 8 : 16);
      text.appendCodePoint(code);
      return from + digits;
    } catch (RuntimeException notOne) {
      throw new Ottl.InvalidException(
          "\\" + escape + " in the text " + token + "; a backslash is written twice");
    }
  }
}
