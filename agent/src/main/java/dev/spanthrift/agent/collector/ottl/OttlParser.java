package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one {@link Ottl} condition. */
public final class OttlParser {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(\"(?:[^\"\\\\]|\\\\.)*\")|(0x[0-9a-fA-F]+)|([0-9]+\\.[0-9]*|\\.[0-9]+|[0-9]+)"
              + "|([A-Za-z_][A-Za-z0-9_]*)|(==|!=|<=|>=|[-+*/<>()\\[\\].,]))");
  private static final int DEPTH_MAX = 32;
  private static final Map<String, Long> ENUMS =
      Map.ofEntries(
          Map.entry("SPAN_KIND_UNSPECIFIED", 0L),
          Map.entry("SPAN_KIND_INTERNAL", 1L),
          Map.entry("SPAN_KIND_SERVER", 2L),
          Map.entry("SPAN_KIND_CLIENT", 3L),
          Map.entry("SPAN_KIND_PRODUCER", 4L),
          Map.entry("SPAN_KIND_CONSUMER", 5L),
          Map.entry("STATUS_CODE_UNSET", 0L),
          Map.entry("STATUS_CODE_OK", 1L),
          Map.entry("STATUS_CODE_ERROR", 2L));
  private static final Set<String> TEXT_TESTS = Set.of("IsMatch", "HasPrefix", "HasSuffix");
  private static final Map<String, Ottl.Type> TYPE_TESTS =
      Map.of(
          "IsString", Ottl.Type.STRING,
          "IsInt", Ottl.Type.INT,
          "IsDouble", Ottl.Type.DOUBLE,
          "IsBool", Ottl.Type.BOOL);

  private final List<String> tokens = new ArrayList<>();
  private final boolean ofEvent;
  private int at;
  private int depth;

  private OttlParser(boolean ofEvent) {
    this.ofEvent = ofEvent;
  }

  /**
   * Reads a condition.
   *
   * @param ofEvent whether paths without a context are the event's, else the span's
   * @throws Ottl.UnsupportedException saying what is not understood
   */
  public static Ottl parse(String text, boolean ofEvent) throws Ottl.UnsupportedException {
    OttlParser parser = new OttlParser(ofEvent);
    parser.tokenize(text);
    Ottl condition = parser.or();
    if (parser.at < parser.tokens.size()) {
      throw unsupported("\"" + parser.peek() + "\" behind a condition");
    }
    return condition;
  }

  private static Ottl.UnsupportedException unsupported(String what) {
    return new Ottl.UnsupportedException("OTTL: " + what + " is not supported");
  }

  private void tokenize(String text) throws Ottl.UnsupportedException {
    Matcher matcher = TOKEN.matcher(text);
    int end = 0;
    while (end < text.length() && !text.substring(end).isBlank()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw unsupported("\"" + text.substring(end).strip() + "\"");
      }
      tokens.add(matcher.group().strip());
      end = matcher.end();
    }
  }

  private String peek() {
    return at < tokens.size() ? tokens.get(at) : "";
  }

  private String next() {
    String token = peek();
    at++;
    return token;
  }

  private boolean take(String token) {
    boolean found = peek().equals(token);
    at += found ? 1 : 0;
    return found;
  }

  private void expect(String token) throws Ottl.UnsupportedException {
    if (!take(token)) {
      throw unsupported("\"" + peek() + "\" where \"" + token + "\" should stand");
    }
  }

  private void deeper() throws Ottl.UnsupportedException {
    if (++depth > DEPTH_MAX) {
      throw unsupported("nesting deeper than " + DEPTH_MAX);
    }
  }

  private Ottl or() throws Ottl.UnsupportedException {
    deeper();
    List<Ottl> parts = new ArrayList<>(List.of(and()));
    while (take("or")) {
      parts.add(and());
    }
    depth--;
    return parts.size() == 1 ? parts.getFirst() : new Ottl.Or(parts);
  }

  private Ottl and() throws Ottl.UnsupportedException {
    List<Ottl> parts = new ArrayList<>(List.of(not()));
    while (take("and")) {
      parts.add(not());
    }
    return parts.size() == 1 ? parts.getFirst() : new Ottl.And(parts);
  }

  private Ottl not() throws Ottl.UnsupportedException {
    return take("not") ? new Ottl.Not(primary()) : primary();
  }

  private Ottl primary() throws Ottl.UnsupportedException {
    if (peek().equals("(")) {
      int before = at;
      int depthBefore = depth;
      try {
        return comparison();
      } catch (Ottl.UnsupportedException notArithmetic) {
        at = before;
        depth = depthBefore;
      }
      expect("(");
      Ottl inner = or();
      expect(")");
      return inner;
    }
    String token = peek();
    if (Character.isUpperCase(token.isEmpty() ? ' ' : token.charAt(0)) && isCall()) {
      Ottl test = test(token);
      if (test != null) {
        return test;
      }
    }
    return comparison();
  }

  private boolean isCall() {
    return at + 1 < tokens.size() && tokens.get(at + 1).equals("(");
  }

  /** A function that answers yes or no, or null when it is another one. */
  private @org.jspecify.annotations.Nullable Ottl test(String name)
      throws Ottl.UnsupportedException {
    int before = at;
    at += 2;
    if (name.equals("IsRootSpan")) {
      expect(")");
      return new Ottl.IsRootSpan();
    }
    Ottl.Type type = TYPE_TESTS.get(name);
    if (type == null && !TEXT_TESTS.contains(name)) {
      at = before;
      return null;
    }
    Ottl.Value value = value();
    Ottl test = type == null ? textTest(name, value) : new Ottl.IsType(value, type);
    expect(")");
    return test;
  }

  private Ottl textTest(String name, Ottl.Value value) throws Ottl.UnsupportedException {
    expect(",");
    String text = text();
    return switch (name) {
      case "IsMatch" -> new Ottl.IsMatch(value, pattern(text));
      case "HasPrefix" -> new Ottl.HasPrefix(value, text);
      default -> new Ottl.HasSuffix(value, text);
    };
  }

  private static String pattern(String text) throws Ottl.UnsupportedException {
    try {
      Regex.compile(text);
      return text;
    } catch (RegexSyntaxException e) {
      throw unsupported("the pattern \"" + text + "\" (" + e.getMessage() + ")");
    }
  }

  private Ottl comparison() throws Ottl.UnsupportedException {
    Ottl.Value left = value();
    for (Ottl.Operator operator : Ottl.Operator.values()) {
      if (take(operator.text)) {
        return new Ottl.Compare(left, operator, value());
      }
    }
    if (left instanceof Ottl.Literal literal && literal.value() instanceof Boolean flag) {
      return new Ottl.Always(flag);
    }
    throw unsupported("a value alone");
  }

  private Ottl.Value value() throws Ottl.UnsupportedException {
    Ottl.Value left = factor();
    while (peek().equals("+") || peek().equals("-")) {
      left = new Ottl.Arithmetic(left, next().charAt(0), factor());
    }
    return left;
  }

  private Ottl.Value factor() throws Ottl.UnsupportedException {
    Ottl.Value left = simple();
    while (peek().equals("*") || peek().equals("/")) {
      left = new Ottl.Arithmetic(left, next().charAt(0), simple());
    }
    return left;
  }

  private Ottl.Value simple() throws Ottl.UnsupportedException {
    deeper();
    Ottl.Value simple = simple(next());
    depth--;
    return simple;
  }

  private Ottl.Value simple(String token) throws Ottl.UnsupportedException {
    if (token.equals("(")) {
      Ottl.Value inner = value();
      expect(")");
      return inner;
    }
    if (token.equals("-")) {
      return new Ottl.Arithmetic(new Ottl.Literal(0L), '-', simple());
    }
    if (token.startsWith("\"")) {
      return new Ottl.Literal(unquoted(token));
    }
    char first = token.isEmpty() ? ' ' : token.charAt(0);
    if (Character.isDigit(first) || (first == '.' && token.length() > 1)) {
      return number(token);
    }
    if (ENUMS.containsKey(token)) {
      return new Ottl.Literal(ENUMS.get(token));
    }
    if (peek().equals("(")) {
      return call(token);
    }
    return switch (token) {
      case "true" -> new Ottl.Literal(true);
      case "false" -> new Ottl.Literal(false);
      case "nil" -> new Ottl.Literal(null);
      default -> path(token);
    };
  }

  private static Ottl.Value number(String token) throws Ottl.UnsupportedException {
    try {
      return token.contains(".")
          ? new Ottl.Literal(Double.valueOf(token))
          : new Ottl.Literal(Long.decode(token.startsWith("0x") ? token : decimal(token)));
    } catch (NumberFormatException e) {
      throw unsupported(token);
    }
  }

  private static String decimal(String token) {
    String plain = token.replaceFirst("^0+(?=.)", "");
    return Objects.requireNonNull(plain);
  }

  /** {@code Duration("1s")}, and {@code SpanID(0x0…)} as the id of no span. */
  private Ottl.Value call(String name) throws Ottl.UnsupportedException {
    expect("(");
    switch (name) {
      case "Duration" -> {
        String text = text();
        expect(")");
        try {
          return new Ottl.Literal(GoDuration.nanos(text));
        } catch (IllegalArgumentException e) {
          throw unsupported("the duration \"" + text + "\"");
        }
      }
      case "SpanID" -> {
        String id = next();
        expect(")");
        if (id.matches("0x0+")) {
          return new Ottl.Literal(null);
        }
        throw unsupported("SpanID of a certain span");
      }
      default -> throw unsupported("the function " + name);
    }
  }

  private String text() throws Ottl.UnsupportedException {
    String token = next();
    if (!token.startsWith("\"")) {
      throw unsupported("\"" + token + "\" where a text should stand");
    }
    return unquoted(token);
  }

  private static String unquoted(String token) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < token.length() - 1; i++) {
      char c = token.charAt(i);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escaped = token.charAt(++i);
      switch (escaped) {
        case 'n' -> text.append('\n');
        case 't' -> text.append('\t');
        case 'r' -> text.append('\r');
        default -> text.append(escaped);
      }
    }
    return text.toString();
  }

  private Ottl.Value path(String first) throws Ottl.UnsupportedException {
    Ottl.Part part = ofEvent ? Ottl.Part.EVENT : Ottl.Part.SPAN;
    String name = first;
    Ottl.Part named = part(first);
    if (named != null && peek().equals(".")) {
      part = named;
      at++;
      name = next();
    }
    StringBuilder full = new StringBuilder(name);
    while (take(".")) {
      full.append('.').append(next());
    }
    String key = "";
    if (take("[")) {
      key = text();
      expect("]");
    }
    if (peek().equals("[")) {
      throw unsupported("a path inside an attribute");
    }
    return new Ottl.Path(part, field(part, full.toString(), key), key);
  }

  private static Ottl.@org.jspecify.annotations.Nullable Part part(String name) {
    return switch (name) {
      case "span" -> Ottl.Part.SPAN;
      case "spanevent" -> Ottl.Part.EVENT;
      case "scope", "instrumentation_scope" -> Ottl.Part.SCOPE;
      case "resource" -> Ottl.Part.RESOURCE;
      default -> null;
    };
  }

  private static Ottl.Field field(Ottl.Part part, String name, String key)
      throws Ottl.UnsupportedException {
    boolean ofSpan = part == Ottl.Part.SPAN;
    Ottl.Field found =
        switch (name) {
          case "attributes" -> key.isEmpty() ? null : Ottl.Field.ATTRIBUTE;
          case "name" -> ofSpan || part == Ottl.Part.EVENT ? Ottl.Field.NAME : null;
          case "kind" -> ofSpan ? Ottl.Field.KIND : null;
          case "kind.string" -> ofSpan ? Ottl.Field.KIND_TEXT : null;
          case "status.code" -> ofSpan ? Ottl.Field.STATUS_CODE : null;
          case "status.message" -> ofSpan ? Ottl.Field.STATUS_MESSAGE : null;
          case "trace_state" -> ofSpan && !key.isEmpty() ? Ottl.Field.TRACE_STATE : null;
          case "parent_span_id" -> ofSpan ? Ottl.Field.PARENT_SPAN_ID : null;
          case "start_time", "start_time_unix_nano" -> ofSpan ? Ottl.Field.START : null;
          case "end_time", "end_time_unix_nano" -> ofSpan ? Ottl.Field.END : null;
          default -> null;
        };
    if (found == null) {
      String prefix = part.name().toLowerCase(java.util.Locale.ROOT);
      throw unsupported("the path " + prefix + "." + name);
    }
    return found;
  }
}
