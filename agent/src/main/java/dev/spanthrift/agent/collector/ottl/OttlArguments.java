package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.OttlFunction.Parameter;
import dev.spanthrift.agent.collector.ottl.value.OttlKind;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.SpanView;
import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexSyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The arguments of one call, put in the order of its parameters and checked as far as written. */
final class OttlArguments {
  private static final Ottl.Literal ABSENT = new Ottl.Literal(null);
  private static final SpanView NO_SPAN = new SpanView();
  private static final Set<String> ENCODINGS =
      Set.of("base64", "base64-raw", "base64-url", "base64-raw-url");

  private final OttlFunction function;
  private final Ottl.@Nullable Value[] given;
  private int count;
  private boolean named;

  OttlArguments(OttlFunction function) {
    this.function = function;
    given = new Ottl.@Nullable Value[function.parameters().size()];
  }

  boolean isEmpty() {
    return count == 0;
  }

  void add(@Nullable String name, Ottl.Value value) throws Ottl.UnsupportedException {
    if (count == given.length) {
      throw wrong("takes " + given.length + " arguments");
    }
    if (named && name == null) {
      throw wrong("has an argument without a name behind one that has a name");
    }
    named = name != null;
    int at = name == null ? count : position(name);
    check(function.parameters().get(at), value);
    given[at] = value;
    count++;
  }

  private int position(String name) throws Ottl.UnsupportedException {
    List<String> names = function.parameters().stream().map(Parameter::name).toList();
    int at = names.indexOf(name);
    if (at < 0) {
      throw wrong("has no argument " + name + " but " + String.join(", ", names));
    }
    return at;
  }

  private Ottl.InvalidException wrong(String what) {
    return new Ottl.InvalidException(function.name() + " " + what);
  }

  List<Ottl.Value> inOrder() throws Ottl.UnsupportedException {
    for (int i = 0; i < given.length; i++) {
      Parameter parameter = function.parameters().get(i);
      if (given[i] == null && !parameter.optional()) {
        throw wrong("lacks its argument " + parameter.name());
      }
    }
    List<Ottl.Value> all = new ArrayList<>();
    Arrays.stream(given).forEach(value -> all.add(value == null ? ABSENT : value));
    checkWhole(all);
    return all;
  }

  private void check(Parameter parameter, Ottl.Value value) throws Ottl.UnsupportedException {
    if (parameter.each() && value instanceof Ottl.Items list) {
      for (Ottl.Value item : list.items()) {
        checkOne(parameter, item);
      }
    } else if (parameter.each() && !function.name().equals("Concat")) {
      throw wrong("needs a list for " + parameter.name());
    } else if (!parameter.each()) {
      checkOne(parameter, value);
    }
  }

  private void checkOne(Parameter parameter, Ottl.Value value) throws Ottl.UnsupportedException {
    if (parameter.kind().isLiteral() && !(value instanceof Ottl.Literal)) {
      throw wrong("needs " + parameter.name() + " written out");
    }
    if (isConstant(value) && parameter.written().of(constant(value)) instanceof Failure) {
      throw wrong("cannot take " + constant(value) + " for " + parameter.name());
    }
  }

  private static boolean isConstant(Ottl.Value value) {
    return switch (value) {
      case Ottl.Literal literal -> true;
      case Ottl.Items list -> list.items().stream().allMatch(OttlArguments::isConstant);
      case Ottl.Pairs pairs -> pairs.values().stream().allMatch(OttlArguments::isConstant);
      default -> false;
    };
  }

  private static @Nullable Object constant(Ottl.Value value) {
    return OttlGetters.compile(value).get(NO_SPAN);
  }

  /** What the Collector checks when it builds the function. */
  private void checkWhole(List<Ottl.Value> all) throws Ottl.UnsupportedException {
    switch (function.name()) {
      case "IsMatch" -> checkPattern(all.get(1));
      case "ConvertCase" -> checkCase(String.valueOf(literal(all.get(1))));
      case "Decode" -> checkEncoding(literal(all.get(1)));
      case "TraceID", "SpanID" -> checkId(all.getFirst());
      case "IsInCIDR" -> checkNetworks(all.get(1));
      default -> {}
    }
  }

  private static @Nullable Object literal(Ottl.Value value) {
    return value instanceof Ottl.Literal literal ? literal.value() : null;
  }

  private static void checkPattern(Ottl.Value value) throws Ottl.UnsupportedException {
    if (literal(value) instanceof String pattern) {
      try {
        Regex.compile(pattern);
      } catch (RegexSyntaxException e) {
        throw new Ottl.InvalidException("the pattern \"" + pattern + "\": " + e.getMessage());
      }
    }
  }

  private void checkCase(String toCase) throws Ottl.UnsupportedException {
    if (toCase.equals("snake") || toCase.equals("camel")) {
      throw new Ottl.UnsupportedException("ConvertCase to " + toCase + " is not read here");
    }
    if (!toCase.equals("lower") && !toCase.equals("upper")) {
      throw wrong("knows lower, upper, snake and camel, not " + toCase);
    }
  }

  private static void checkEncoding(@Nullable Object encoding) throws Ottl.UnsupportedException {
    if (!(encoding instanceof String name) || !ENCODINGS.contains(name)) {
      throw new Ottl.UnsupportedException(
          "Decode of other encodings than base64 and its variants is not read here");
    }
  }

  private void checkId(Ottl.Value value) throws Ottl.UnsupportedException {
    if (value instanceof Ottl.Literal literal
        && function.body().of(new Object[] {OttlKind.BYTES_LIKE.of(literal.value())})
            instanceof Failure) {
      throw wrong("needs so many bytes as an id has, or twice as many digits");
    }
  }

  private void checkNetworks(Ottl.Value list) throws Ottl.UnsupportedException {
    for (Ottl.Value item : ((Ottl.Items) list).items()) {
      if (literal(item) instanceof String text && !NetworkFunctions.isNetwork(text)) {
        throw wrong("cannot take " + text + "; a network is written 10.0.0.0/8");
      }
    }
  }
}
