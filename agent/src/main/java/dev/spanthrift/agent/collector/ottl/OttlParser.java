package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.OttlLexer.Kind;
import dev.spanthrift.agent.collector.ottl.OttlLexer.Token;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Bytes;
import dev.spanthrift.agent.collector.ottl.value.SpanView.Part;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one {@link Ottl} condition, in one pass. */
public final class OttlParser {
  private static final int DEPTH_MAX = 64;
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

  private final List<Token> tokens;
  private final boolean ofEvent;
  private int at;
  private int depth;

  private OttlParser(List<Token> tokens, boolean ofEvent) {
    this.tokens = tokens;
    this.ofEvent = ofEvent;
  }

  /**
   * Reads a condition.
   *
   * @param ofEvent whether paths without a context are the event's, else the span's
   * @throws Ottl.UnsupportedException naming what is not read here
   */
  public static Ottl.Test parse(String text, boolean ofEvent) throws Ottl.UnsupportedException {
    OttlParser parser = new OttlParser(OttlLexer.tokens(text), ofEvent);
    Ottl condition = parser.or();
    if (parser.at < parser.tokens.size()) {
      throw parser.unexpected("the condition's end");
    }
    return test(condition);
  }

  private Token peek() {
    return at < tokens.size() ? tokens.get(at) : OttlLexer.END;
  }

  private Token next() {
    Token token = peek();
    at++;
    return token;
  }

  private boolean isSign(String sign) {
    return peek().kind() == Kind.SIGN && peek().text().equals(sign);
  }

  private boolean take(Kind kind, String text) {
    boolean found = peek().kind() == kind && peek().text().equals(text);
    at += found ? 1 : 0;
    return found;
  }

  private void expect(String sign) throws Ottl.UnsupportedException {
    if (!take(Kind.SIGN, sign)) {
      throw unexpected(sign);
    }
  }

  private Ottl.InvalidException unexpected(String wanted) {
    String found = peek().kind() == Kind.END ? "the condition's end" : '"' + peek().text() + '"';
    return new Ottl.InvalidException(found + " where " + wanted + " should stand");
  }

  private void deeper() throws Ottl.UnsupportedException {
    if (++depth > DEPTH_MAX) {
      throw new Ottl.UnsupportedException("nesting deeper than " + DEPTH_MAX + " is not read here");
    }
  }

  private static Ottl.Test test(Ottl part) throws Ottl.UnsupportedException {
    return switch (part) {
      case Ottl.Test test -> test;
      case Ottl.Call call -> new Ottl.Holds(call);
      case Ottl.Literal literal when literal.value() instanceof Boolean flag ->
          new Ottl.Always(flag);
      case Ottl.Value value ->
          throw new Ottl.InvalidException("a value alone is no condition; compare it");
    };
  }

  private static Ottl.Value value(Ottl part) throws Ottl.UnsupportedException {
    if (part instanceof Ottl.Value value) {
      return value;
    }
    throw new Ottl.InvalidException("a condition in the place of a value");
  }

  private static Ottl.Value number(Ottl part) throws Ottl.UnsupportedException {
    boolean text =
        part instanceof Ottl.Items
            || part instanceof Ottl.Pairs
            || (part instanceof Ottl.Literal literal && !(literal.value() instanceof Number));
    if (text) {
      throw new Ottl.InvalidException("a text, list or map to calculate with");
    }
    return value(part);
  }

  private Ottl or() throws Ottl.UnsupportedException {
    deeper();
    Ottl first = and();
    List<Ottl.Test> parts = new ArrayList<>();
    while (take(Kind.WORD, "or")) {
      parts.add(test(and()));
    }
    depth--;
    if (!parts.isEmpty()) {
      parts.addFirst(test(first));
    }
    return parts.isEmpty() ? first : new Ottl.Or(parts);
  }

  private Ottl and() throws Ottl.UnsupportedException {
    Ottl first = not();
    List<Ottl.Test> parts = new ArrayList<>();
    while (take(Kind.WORD, "and")) {
      parts.add(test(not()));
    }
    if (!parts.isEmpty()) {
      parts.addFirst(test(first));
    }
    return parts.isEmpty() ? first : new Ottl.And(parts);
  }

  private Ottl not() throws Ottl.UnsupportedException {
    return take(Kind.WORD, "not") ? new Ottl.Not(test(comparison())) : comparison();
  }

  private Ottl comparison() throws Ottl.UnsupportedException {
    Ottl left = sum();
    for (Ottl.Operator operator : Ottl.Operator.values()) {
      if (take(Kind.SIGN, operator.text)) {
        return new Ottl.Compare(value(left), operator, value(sum()));
      }
    }
    return left;
  }

  private Ottl sum() throws Ottl.UnsupportedException {
    Ottl left = product();
    while (isSign("+") || isSign("-")) {
      char operator = next().text().charAt(0);
      left = new Ottl.Arithmetic(number(left), operator, number(product()));
    }
    return left;
  }

  private Ottl product() throws Ottl.UnsupportedException {
    Ottl left = signed();
    while (isSign("*") || isSign("/")) {
      char operator = next().text().charAt(0);
      left = new Ottl.Arithmetic(number(left), operator, number(signed()));
    }
    return left;
  }

  private Ottl signed() throws Ottl.UnsupportedException {
    if (take(Kind.SIGN, "+")) {
      return number(primary());
    }
    if (!take(Kind.SIGN, "-")) {
      return primary();
    }
    Ottl.Value value = number(primary());
    return value instanceof Ottl.Literal literal
        ? new Ottl.Literal(OttlMath.negate(literal.value()))
        : new Ottl.Negated(value);
  }

  private Ottl primary() throws Ottl.UnsupportedException {
    deeper();
    Token token = next();
    Ottl primary =
        switch (token.kind()) {
          case TEXT -> new Ottl.Literal(token.text());
          case BYTES -> bytes(token.text());
          case FLOAT -> floating(token.text());
          case INT -> whole(token.text());
          case WORD -> word(token.text());
          case SIGN -> bracket(token.text());
          case END -> throw back("a value");
        };
    depth--;
    return primary;
  }

  private Ottl.InvalidException back(String wanted) {
    at--;
    return unexpected(wanted);
  }

  private static Ottl.Literal bytes(String token) throws Ottl.UnsupportedException {
    if (token.length() % 2 != 0) {
      throw new Ottl.InvalidException(token + " has an odd number of digits");
    }
    return new Ottl.Literal(new Bytes(HexFormat.of().parseHex(token.substring(2))));
  }

  private static Ottl.Literal floating(String token) throws Ottl.UnsupportedException {
    double number = Double.parseDouble(token);
    if (Double.isInfinite(number)) {
      throw new Ottl.InvalidException(token + " is too large");
    }
    return new Ottl.Literal(number);
  }

  private static Ottl.Literal whole(String token) throws Ottl.UnsupportedException {
    try {
      return new Ottl.Literal(Long.valueOf(token));
    } catch (NumberFormatException tooLarge) {
      throw new Ottl.InvalidException(token + " is too large");
    }
  }

  private Ottl bracket(String sign) throws Ottl.UnsupportedException {
    return switch (sign) {
      case "(" -> parentheses();
      case "[" -> new Ottl.Items(values("]"));
      case "{" -> pairs();
      default -> throw back("a value");
    };
  }

  private Ottl parentheses() throws Ottl.UnsupportedException {
    Ottl inner = or();
    expect(")");
    if (isSign("=>")) {
      throw new Ottl.InvalidException("lambdas stand behind a feature gate of the Collector");
    }
    return inner instanceof Ottl.Literal literal && literal.value() instanceof Boolean flag
        ? new Ottl.Always(flag)
        : inner instanceof Ottl.Value ? number(inner) : inner;
  }

  private List<Ottl.Value> values(String end) throws Ottl.UnsupportedException {
    List<Ottl.Value> values = new ArrayList<>();
    while (!take(Kind.SIGN, end)) {
      if (!values.isEmpty()) {
        expect(",");
      }
      values.add(value(sum()));
    }
    return values;
  }

  private Ottl.Pairs pairs() throws Ottl.UnsupportedException {
    List<String> keys = new ArrayList<>();
    List<Ottl.Value> values = new ArrayList<>();
    while (!take(Kind.SIGN, "}")) {
      if (peek().kind() != Kind.TEXT) {
        throw unexpected("a key in quotes");
      }
      keys.add(next().text());
      expect(":");
      values.add(value(sum()));
      take(Kind.SIGN, ",");
    }
    return new Ottl.Pairs(keys, values);
  }

  private Ottl word(String word) throws Ottl.UnsupportedException {
    switch (word) {
      case "true", "false" -> {
        return new Ottl.Literal(Boolean.valueOf(word));
      }
      case "nil" -> {
        return new Ottl.Literal(null);
      }
      case "and", "or", "not" -> throw back("a value");
      default -> {}
    }
    if (isSign("(")) {
      return call(word);
    }
    if (!Character.isUpperCase(word.charAt(0))) {
      return path(word);
    }
    Long number = ENUMS.get(word);
    if (number == null) {
      throw new Ottl.InvalidException("there is no " + word + " here");
    }
    return new Ottl.Literal(number);
  }

  private Ottl.Call call(String name) throws Ottl.UnsupportedException {
    if (!Character.isUpperCase(name.charAt(0))) {
      throw new Ottl.InvalidException(
          name + " changes something, and conditions only ask; functions begin with a capital");
    }
    OttlFunction function = OttlFunctions.find(name, ofEvent);
    expect("(");
    OttlArguments arguments = new OttlArguments(function);
    while (!take(Kind.SIGN, ")")) {
      if (!arguments.isEmpty()) {
        expect(",");
      }
      String parameter = parameter();
      arguments.add(parameter, value(sum()));
    }
    return new Ottl.Call(function, arguments.inOrder(), keys());
  }

  /** The name in {@code name = value}, or null. */
  private @Nullable String parameter() {
    boolean named =
        peek().kind() == Kind.WORD
            && at + 1 < tokens.size()
            && tokens.get(at + 1).equals(new Token(Kind.SIGN, "="));
    if (!named) {
      return null;
    }
    String name = next().text();
    at++;
    return name;
  }

  private List<Ottl.Value> keys() throws Ottl.UnsupportedException {
    List<Ottl.Value> keys = new ArrayList<>();
    while (take(Kind.SIGN, "[")) {
      keys.add(value(sum()));
      expect("]");
    }
    return keys;
  }

  private Ottl.Path path(String first) throws Ottl.UnsupportedException {
    Part part = ofEvent ? Part.EVENT : Part.SPAN;
    String name = first;
    Part named = part(first);
    if (named != null && take(Kind.SIGN, ".")) {
      part = named;
      name = next().text();
    } else if (first.equals("otelcol")) {
      throw new Ottl.UnsupportedException("the path otelcol is not read here");
    }
    StringBuilder full = new StringBuilder(name);
    while (take(Kind.SIGN, ".")) {
      full.append('.').append(next().text());
    }
    return path(part, full.toString(), keys());
  }

  private Ottl.Path path(Part part, String name, List<Ottl.Value> keys)
      throws Ottl.UnsupportedException {
    String shown = context(part) + "." + name;
    if (name.equals("cache")) {
      throw new Ottl.UnsupportedException("the path " + shown + " is not read here");
    }
    OttlPath path = OttlPath.find(part, name);
    if (path == null || (part == Part.EVENT && !ofEvent)) {
      throw new Ottl.InvalidException("there is no path " + shown + " here");
    }
    int keysMax = path.isAttributes() ? DEPTH_MAX : path.hasKeys() ? 1 : 0;
    if (keys.size() > keysMax) {
      throw new Ottl.InvalidException("the path " + shown + " has no such keys");
    }
    return new Ottl.Path(path, keys);
  }

  private static String context(Part part) {
    return switch (part) {
      case SPAN -> "span";
      case EVENT -> "spanevent";
      case SCOPE -> "scope";
      case RESOURCE -> "resource";
    };
  }

  private static @Nullable Part part(String name) {
    return switch (name) {
      case "span" -> Part.SPAN;
      case "spanevent" -> Part.EVENT;
      case "scope", "instrumentation_scope" -> Part.SCOPE;
      case "resource" -> Part.RESOURCE;
      default -> null;
    };
  }
}
