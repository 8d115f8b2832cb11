package dev.spanthrift.sampler.policy.regex;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads RE2's syntax (github.com/google/re2/wiki/Syntax), but for {@code \C}.
 *
 * <p>Groups capture nothing, and lazy means the same as greedy, because only whether a pattern
 * matches is ever asked.
 */
final class Parser {
  private static final int REPEAT_MAX = 1000;
  private static final int DEPTH_MAX = 200;

  private final String pattern;
  private int at;
  private int depth;
  private boolean ignoreCase;
  private boolean multiLine;
  private boolean dotAll;

  Parser(String pattern) {
    this.pattern = pattern;
  }

  Node parse() {
    Node node = either();
    if (more()) {
      throw error("unmatched )");
    }
    return node;
  }

  private Node either() {
    if (++depth > DEPTH_MAX) {
      throw error("nested deeper than " + DEPTH_MAX);
    }
    List<Node> branches = new ArrayList<>();
    branches.add(sequence());
    while (take('|')) {
      branches.add(sequence());
    }
    depth--;
    return branches.size() == 1 ? branches.getFirst() : new Node.Either(branches);
  }

  private Node sequence() {
    List<Node> parts = new ArrayList<>();
    while (more() && peek() != '|' && peek() != ')') {
      Node atom = atom();
      if (atom != null) {
        parts.add(repeated(atom));
      }
    }
    return parts.size() == 1 ? parts.getFirst() : new Node.Sequence(parts);
  }

  private Node repeated(Node atom) {
    int start = at;
    Node out = repeatedOnce(atom);
    if (at > start) {
      take('?');
      int end = at;
      repeatedOnce(atom);
      if (at > end) {
        at = end;
        throw error("bad repetition operator");
      }
    }
    return out;
  }

  private Node repeatedOnce(Node atom) {
    if (take('*')) {
      return new Node.Repeat(atom, 0, Node.UNBOUNDED);
    }
    if (take('+')) {
      return new Node.Repeat(atom, 1, Node.UNBOUNDED);
    }
    if (take('?')) {
      return new Node.Repeat(atom, 0, 1);
    }
    return more() && peek() == '{' ? counted(atom) : atom;
  }

  /** {@code {n}}, {@code {n,}}, {@code {n,m}}; anything else is a literal brace. */
  private Node counted(Node atom) {
    int start = at;
    at++;
    int min = number();
    int max = min;
    if (min >= 0 && take(',')) {
      max = number();
      max = max < 0 ? Node.UNBOUNDED : max;
    }
    if (min < 0 || !take('}')) {
      at = start;
      return atom;
    }
    if (min > REPEAT_MAX || max > REPEAT_MAX || (max != Node.UNBOUNDED && max < min)) {
      throw error("bad repetition count");
    }
    return new Node.Repeat(atom, min, max);
  }

  private int number() {
    int start = at;
    int value = 0;
    while (more() && peek() >= '0' && peek() <= '9') {
      value = Math.min(value * 10 + peek() - '0', REPEAT_MAX + 1);
      at++;
    }
    return at == start ? -1 : value;
  }

  /** Null for what matches nothing and everything, as {@code (?i)}. */
  private @Nullable Node atom() {
    int start = at;
    int c = take();
    return switch (c) {
      case '(' -> group();
      case '[' -> new Node.Chars(fold(bracket()));
      case '.' -> new Node.Chars(dotAll ? CharClass.ANY : CharClass.NOT_NEWLINE);
      case '^' -> new Node.Assertion(multiLine ? Node.Kind.LINE_START : Node.Kind.TEXT_START);
      case '$' -> new Node.Assertion(multiLine ? Node.Kind.LINE_END : Node.Kind.TEXT_END);
      case '\\' -> escape();
      case '*', '+', '?' -> {
        at = start;
        throw error("nothing to repeat");
      }
      default -> literal(c);
    };
  }

  private Node literal(int c) {
    return new Node.Chars(fold(CharClass.ranges(c, c)));
  }

  private CharClass fold(CharClass set) {
    return ignoreCase ? set.foldCase() : set;
  }

  private @Nullable Node group() {
    boolean case0 = ignoreCase;
    boolean multi0 = multiLine;
    boolean dot0 = dotAll;
    if (take('?') && flags()) {
      return null; // (?i) holds until the enclosing group ends
    }
    Node inner = either();
    if (!take(')')) {
      throw error("missing )");
    }
    ignoreCase = case0;
    multiLine = multi0;
    dotAll = dot0;
    return inner;
  }

  /** After {@code (?}: true when the group is only flags, false when a body follows. */
  private boolean flags() {
    if (take('P') || peekIs('<')) {
      groupName();
      return false;
    }
    boolean on = true;
    while (more()) {
      int c = take();
      switch (c) {
        case ':' -> {
          return false;
        }
        case ')' -> {
          return true;
        }
        case '-' -> on = false;
        case 'i' -> ignoreCase = on;
        case 'm' -> multiLine = on;
        case 's' -> dotAll = on;
        case 'U' -> {}
        default -> throw error("not supported: (?" + Character.toString(c));
      }
    }
    throw error("missing )");
  }

  private void groupName() {
    if (!take('<')) {
      throw error("bad group name");
    }
    int start = at;
    while (more() && CharClass.WORD.contains(peek())) {
      at++;
    }
    if (at == start || !take('>')) {
      throw error("not supported: look-behind or bad group name");
    }
  }

  private Node escape() {
    if (!more()) {
      throw error("trailing \\");
    }
    return switch (peek()) {
      case 'A' -> assertion(Node.Kind.TEXT_START);
      case 'z' -> assertion(Node.Kind.TEXT_END);
      case 'b' -> assertion(Node.Kind.WORD_BOUNDARY);
      case 'B' -> assertion(Node.Kind.NO_WORD_BOUNDARY);
      case 'Q' -> quoted();
      default -> {
        CharClass set = escapedClass();
        yield set != null ? new Node.Chars(fold(set)) : literal(escapedChar());
      }
    };
  }

  private Node assertion(Node.Kind kind) {
    at++;
    return new Node.Assertion(kind);
  }

  private Node quoted() {
    at++;
    int end = pattern.indexOf("\\E", at);
    String text = pattern.substring(at, end < 0 ? pattern.length() : end);
    at = end < 0 ? pattern.length() : end + 2;
    return new Node.Sequence(text.codePoints().<Node>mapToObj(this::literal).toList());
  }

  /** After the backslash: a class, or null (and nothing taken) when it is one character. */
  private @Nullable CharClass escapedClass() {
    int c = peek();
    CharClass set =
        switch (c) {
          case 'd', 'D' -> CharClass.DIGIT;
          case 'w', 'W' -> CharClass.WORD;
          case 's', 'S' -> CharClass.SPACE;
          case 'p', 'P' -> unicode();
          default -> null;
        };
    if (set == null) {
      return null;
    }
    at += c == 'p' || c == 'P' ? 0 : 1;
    return c >= 'A' && c <= 'Z' ? set.negate() : set;
  }

  private CharClass unicode() {
    at++;
    String name;
    if (take('{')) {
      int end = pattern.indexOf('}', at);
      name = end < 0 ? "" : pattern.substring(at, end);
      at = end < 0 ? at : end + 1;
    } else {
      name = more() ? Character.toString(take()) : "";
    }
    boolean negated = name.startsWith("^");
    CharClass set = CharClasses.unicode(negated ? name.substring(1) : name);
    if (set == null) {
      throw error("no Unicode category or script " + name);
    }
    return negated ? set.negate() : set;
  }

  private int escapedChar() {
    int c = take();
    return switch (c) {
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 'f' -> '\f';
      case 'v' -> 0x0b;
      case 'a' -> 0x07;
      case 'x' -> hex();
      case '0' -> octal();
      default -> {
        if (c < 128 && CharClass.WORD.contains(c)) {
          at--;
          throw error("not supported: \\" + Character.toString(c));
        }
        yield c;
      }
    };
  }

  private int hex() {
    int start = at;
    boolean braces = take('{');
    int from = at;
    while (more() && Character.digit(peek(), 16) >= 0 && at - from < (braces ? 6 : 2)) {
      at++;
    }
    int digits = at - from;
    boolean closed = !braces || take('}');
    if (!closed || digits == 0 || (!braces && digits != 2)) {
      at = start;
      throw error("bad \\x");
    }
    int value = Integer.parseInt(pattern.substring(from, from + digits), 16);
    if (value > Character.MAX_CODE_POINT) {
      throw error("bad \\x");
    }
    return value;
  }

  private int octal() {
    int value = 0;
    for (int i = 0; i < 2 && more() && peek() >= '0' && peek() <= '7'; i++) {
      value = value * 8 + take() - '0';
    }
    return value;
  }

  private CharClass bracket() {
    boolean negated = take('^');
    List<CharClass> parts = new ArrayList<>();
    boolean first = true;
    while (first || !peekIs(']')) {
      if (!more()) {
        throw error("missing ]");
      }
      parts.add(bracketPart());
      first = false;
    }
    at++;
    CharClass set = fold(CharClass.union(parts));
    return negated ? set.negate() : set;
  }

  private CharClass bracketPart() {
    if (pattern.startsWith("[:", at) && pattern.indexOf(":]", at + 2) >= 0) {
      return posix();
    }
    if (take('\\')) {
      CharClass set = more() ? escapedClass() : null;
      if (set != null) {
        return set;
      }
      at--;
    }
    int from = bracketChar();
    int to = from;
    if (peekIs('-') && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']') {
      at++;
      to = bracketChar();
    }
    if (to < from) {
      throw error("bad range");
    }
    return CharClass.ranges(from, to);
  }

  private int bracketChar() {
    int c = take();
    if (c != '\\') {
      return c;
    }
    if (!more()) {
      throw error("trailing \\");
    }
    return escapedChar();
  }

  private CharClass posix() {
    int end = pattern.indexOf(":]", at + 2);
    String name = pattern.substring(at + 2, end);
    boolean negated = name.startsWith("^");
    CharClass set = CharClasses.posix(negated ? name.substring(1) : name);
    if (set == null) {
      throw error("no class [:" + name + ":]");
    }
    at = end + 2;
    return negated ? set.negate() : set;
  }

  private boolean more() {
    return at < pattern.length();
  }

  private int peek() {
    return pattern.codePointAt(at);
  }

  private boolean peekIs(char c) {
    return more() && pattern.charAt(at) == c;
  }

  private int take() {
    if (!more()) {
      throw error("pattern ends too early");
    }
    int c = peek();
    at += Character.charCount(c);
    return c;
  }

  private boolean take(char c) {
    boolean found = peekIs(c);
    at += found ? 1 : 0;
    return found;
  }

  private RegexSyntaxException error(String what) {
    return new RegexSyntaxException(what, at);
  }
}
