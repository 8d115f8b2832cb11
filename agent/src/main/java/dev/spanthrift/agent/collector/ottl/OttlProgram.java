package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.OttlFunction.Parameter;
import dev.spanthrift.agent.collector.ottl.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.OttlValues.Items;
import dev.spanthrift.agent.collector.ottl.OttlValues.Pairs;
import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Ottl} condition ready to be asked: a tree of small functions over a {@link SpanView}.
 *
 * <p>A failure ends the whole condition, whatever stands around it; only what {@code and} and
 * {@code or} have decided before is not asked any more. Not thread-safe.
 */
final class OttlProgram {
  static final int NO = 0;
  static final int YES = 1;
  static final int FAILED = 2;

  private static final Object ABSENT = new Object(); // not nil: nil can stand in a map

  private static final Check ALWAYS = view -> YES;
  private static final Check NEVER = view -> NO;

  private final Check check;

  @FunctionalInterface
  private interface Check {
    int test(SpanView view);
  }

  @FunctionalInterface
  private interface Getter {
    @Nullable Object get(SpanView view);
  }

  OttlProgram(Ottl.Test condition) {
    check = compile(condition);
  }

  /** {@link #NO}, {@link #YES} or {@link #FAILED}. */
  int test(SpanView view) {
    return check.test(view);
  }

  private static Check compile(Ottl.Test condition) {
    return switch (condition) {
      case Ottl.Or or -> any(checks(or.parts(), NEVER));
      case Ottl.And and -> all(checks(and.parts(), ALWAYS));
      case Ottl.Not not -> not(compile(not.part()));
      case Ottl.Always always -> always.value() ? ALWAYS : NEVER;
      case Ottl.Holds holds -> holds(holds.call());
      case Ottl.Compare compare -> compare(compare);
    };
  }

  /** Without those that are known to be as said. */
  private static Check[] checks(List<Ottl.Test> parts, Check without) {
    return parts.stream()
        .map(OttlProgram::compile)
        .filter(part -> part != without)
        .toArray(Check[]::new);
  }

  private static Check any(Check[] parts) {
    if (List.of(parts).contains(ALWAYS)) {
      return ALWAYS;
    }
    return view -> {
      int answer = NO;
      for (int i = 0; i < parts.length && answer == NO; i++) {
        answer = parts[i].test(view);
      }
      return answer;
    };
  }

  private static Check all(Check[] parts) {
    if (List.of(parts).contains(NEVER)) {
      return NEVER;
    }
    return view -> {
      int answer = YES;
      for (int i = 0; i < parts.length && answer == YES; i++) {
        answer = parts[i].test(view);
      }
      return answer;
    };
  }

  private static Check not(Check part) {
    if (part == ALWAYS) {
      return NEVER;
    }
    return part == NEVER
        ? ALWAYS
        : view -> {
          int answer = part.test(view);
          return answer == FAILED ? FAILED : YES - answer;
        };
  }

  private static Check holds(Ottl.Call call) {
    Getter getter = compile(call);
    return view -> getter.get(view) instanceof Boolean answer ? (answer ? YES : NO) : FAILED;
  }

  private static Check compare(Ottl.Compare compare) {
    Getter left = compile(compare.left());
    Getter right = compile(compare.right());
    Ottl.Operator operator = compare.operator();
    if (compare.left() instanceof Ottl.Literal a && compare.right() instanceof Ottl.Literal b) {
      return OttlMath.compare(a.value(), operator, b.value()) ? ALWAYS : NEVER;
    }
    return view -> {
      Object a = left.get(view);
      Object b = a instanceof Failure ? a : right.get(view);
      return b instanceof Failure ? FAILED : OttlMath.compare(a, operator, b) ? YES : NO;
    };
  }

  private static Getter compile(Ottl.Value value) {
    return switch (value) {
      case Ottl.Literal literal -> {
        Object constant = literal.value();
        yield view -> constant;
      }
      case Ottl.Path path -> path(path);
      case Ottl.Call call -> indexed(call(call), getters(call.keys()));
      case Ottl.Negated negated -> {
        Getter inner = compile(negated.value());
        yield view -> OttlMath.negate(inner.get(view));
      }
      case Ottl.Arithmetic sum -> arithmetic(sum);
      case Ottl.Items list -> items(getters(list.items()));
      case Ottl.Pairs pairs -> pairs(pairs.keys(), getters(pairs.values()));
    };
  }

  private static Getter[] getters(List<Ottl.Value> values) {
    return values.stream().map(OttlProgram::compile).toArray(Getter[]::new);
  }

  private static Getter arithmetic(Ottl.Arithmetic sum) {
    Getter left = compile(sum.left());
    Getter right = compile(sum.right());
    char operator = sum.operator();
    return view -> {
      Object a = left.get(view);
      Object b = a instanceof Failure ? a : right.get(view);
      return b instanceof Failure ? b : OttlMath.calculate(a, operator, b);
    };
  }

  private static Getter items(Getter[] getters) {
    return view -> {
      List<@Nullable Object> items = new ArrayList<>(getters.length);
      for (Getter getter : getters) {
        Object item = getter.get(view);
        if (item instanceof Failure) {
          return item;
        }
        items.add(item);
      }
      return new Items(items, false);
    };
  }

  private static Getter pairs(List<String> keys, Getter[] getters) {
    Getter values = items(getters);
    return view ->
        values.get(view) instanceof Items items ? new Pairs(keys, items.items()) : Failure.INPUT;
  }

  private static Getter path(Ottl.Path path) {
    OttlPath field = path.field();
    if (path.keys().isEmpty()) {
      return field::read;
    }
    Getter[] keys = getters(path.keys());
    if (field == OttlPath.SPAN_TRACE_STATE) {
      return traceState(keys[0]);
    }
    byte[] known =
        path.keys().getFirst() instanceof Ottl.Literal literal
                && literal.value() instanceof String key
            ? TextFunctions.utf8(key)
            : null;
    return view -> {
      byte[] key = known;
      if (key == null) {
        if (!(keys[0].get(view) instanceof String found)) {
          return Failure.KEY;
        }
        key = TextFunctions.utf8(found);
      }
      if (!view.find(field.part, key)) {
        return null;
      }
      Object value = view.found();
      for (int i = 1; i < keys.length && !(value instanceof Failure); i++) {
        value = inside(value, keys[i].get(view), false);
        if (value == ABSENT) {
          return null;
        }
      }
      return value;
    };
  }

  private static Getter traceState(Getter key) {
    return view ->
        key.get(view) instanceof String text
            ? GoTraceState.get(view.text(SpanView.Part.SPAN, 3), text)
            : Failure.KEY;
  }

  private static Getter indexed(Getter getter, Getter[] keys) {
    if (keys.length == 0) {
      return getter;
    }
    return view -> {
      Object value = getter.get(view);
      for (int i = 0; i < keys.length && !(value instanceof Failure); i++) {
        value = inside(value, keys[i].get(view), true);
      }
      return value;
    };
  }

  /** What stands at the key; where nothing does, a function's value fails. */
  private static @Nullable Object inside(
      @Nullable Object value, @Nullable Object key, boolean mustBe) {
    return switch (value) {
      case Pairs pairs when key instanceof String name -> {
        int at = pairs.find(name);
        yield at >= 0 ? pairs.values().get(at) : mustBe ? Failure.KEY : ABSENT;
      }
      case Items list when key instanceof Long index ->
          index >= 0 && index < list.items().size()
              ? list.items().get(index.intValue())
              : Failure.INDEX;
      case Failure failure -> failure;
      case null, default -> Failure.UNINDEXED;
    };
  }

  private static Getter call(Ottl.Call call) {
    OttlFunction function = call.function();
    List<Parameter> parameters = function.parameters();
    Getter[] arguments = getters(call.arguments());
    switch (function.name()) {
      case "IsRootSpan" -> {
        return view -> view.batch().parentSpanId(view.row()) == 0;
      }
      case "Coalesce" -> {
        return coalesce(getters(((Ottl.Items) call.arguments().getFirst()).items()));
      }
      case "IsMatch" -> {
        if (call.arguments().get(1) instanceof Ottl.Literal pattern) {
          return matches(arguments[0], Regex.compile(String.valueOf(pattern.value())).matcher());
        }
      }
      default -> {}
    }
    return view -> {
      @Nullable Object[] values = new @Nullable Object[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        Object value = argument(call.arguments().get(i), parameters.get(i), arguments[i].get(view));
        if (value instanceof Failure) {
          return value;
        }
        values[i] = value;
      }
      return function.body().of(values);
    };
  }

  private static @Nullable Object argument(
      Ottl.Value written, Parameter parameter, @Nullable Object value) {
    if (value instanceof Failure
        || (parameter.optional() && written instanceof Ottl.Literal l && l.value() == null)) {
      return value;
    }
    if (!parameter.each()) {
      return parameter.kind().of(value);
    }
    if (value != null && !(value instanceof Items)) {
      return Failure.TYPE;
    }
    Items list = value instanceof Items given ? given : new Items(List.of(), false);
    List<@Nullable Object> items = new ArrayList<>();
    for (Object item : list.items()) {
      Object one = parameter.kind().of(item);
      if (one instanceof Failure) {
        return one;
      }
      items.add(one);
    }
    return new Items(items, false);
  }

  /** What stands behind the first that is not nil is not asked. */
  private static Getter coalesce(Getter[] getters) {
    return view -> {
      Object value = null;
      for (int i = 0; i < getters.length && value == null; i++) {
        value = getters[i].get(view);
      }
      return value;
    };
  }

  private static Getter matches(Getter text, RegexMatcher matcher) {
    return view -> {
      Object value = text.get(view);
      Object printed = value instanceof Failure ? value : OttlKind.STRING_LIKE.of(value);
      return printed instanceof Failure
          ? printed
          : (Object) TextFunctions.matches(matcher, printed);
    };
  }
}
