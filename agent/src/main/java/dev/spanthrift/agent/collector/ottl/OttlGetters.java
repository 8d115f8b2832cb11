package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.OttlFunction.Parameter;
import dev.spanthrift.agent.collector.ottl.value.GoTraceState;
import dev.spanthrift.agent.collector.ottl.value.OttlKind;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Items;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Pairs;
import dev.spanthrift.agent.collector.ottl.value.SpanView;
import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexMatcher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns values of {@link Ottl} into small functions over a {@link SpanView}. */
final class OttlGetters {
  private static final Object ABSENT = new Object(); // not nil: nil can stand in a map

  private OttlGetters() {}

  static OttlGetter compile(Ottl.Value value) {
    return switch (value) {
      case Ottl.Literal literal -> {
        Object constant = literal.value();
        yield view -> constant;
      }
      case Ottl.Path path -> path(path);
      case Ottl.Call call -> indexed(call(call), getters(call.keys()));
      case Ottl.Negated negated -> {
        OttlGetter inner = compile(negated.value());
        yield view -> OttlMath.negate(inner.get(view));
      }
      case Ottl.Arithmetic sum -> arithmetic(sum);
      case Ottl.Items list -> items(getters(list.items()));
      case Ottl.Pairs pairs -> pairs(pairs.keys(), getters(pairs.values()));
    };
  }

  private static OttlGetter[] getters(List<Ottl.Value> values) {
    return values.stream().map(OttlGetters::compile).toArray(OttlGetter[]::new);
  }

  private static OttlGetter arithmetic(Ottl.Arithmetic sum) {
    OttlGetter left = compile(sum.left());
    OttlGetter right = compile(sum.right());
    char operator = sum.operator();
    return view -> {
      Object a = left.get(view);
      Object b = a instanceof Failure ? a : right.get(view);
      return b instanceof Failure ? b : OttlMath.calculate(a, operator, b);
    };
  }

  private static OttlGetter items(OttlGetter[] getters) {
    return view -> {
      List<@Nullable Object> items = new ArrayList<>(getters.length);
      for (OttlGetter getter : getters) {
        Object item = getter.get(view);
        if (item instanceof Failure) {
          return item;
        }
        items.add(item);
      }
      return new Items(items, false);
    };
  }

  private static OttlGetter pairs(List<String> keys, OttlGetter[] getters) {
    OttlGetter values = items(getters);
    return view ->
        values.get(view) instanceof Items items ? new Pairs(keys, items.items()) : Failure.INPUT;
  }

  private static OttlGetter path(Ottl.Path path) {
    OttlPath field = path.field();
    if (path.keys().isEmpty()) {
      return field::read;
    }
    OttlGetter[] keys = getters(path.keys());
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

  private static OttlGetter traceState(OttlGetter key) {
    return view ->
        key.get(view) instanceof String text
            ? GoTraceState.get(view.text(SpanView.Part.SPAN, 3), text)
            : Failure.KEY;
  }

  private static OttlGetter indexed(OttlGetter getter, OttlGetter[] keys) {
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

  private static OttlGetter call(Ottl.Call call) {
    OttlFunction function = call.function();
    List<Parameter> parameters = function.parameters();
    OttlGetter[] arguments = getters(call.arguments());
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
  private static OttlGetter coalesce(OttlGetter[] getters) {
    return view -> {
      Object value = null;
      for (int i = 0; i < getters.length && value == null; i++) {
        value = getters[i].get(view);
      }
      return value;
    };
  }

  private static OttlGetter matches(OttlGetter text, RegexMatcher matcher) {
    return view -> {
      Object value = text.get(view);
      Object printed = value instanceof Failure ? value : OttlKind.STRING_LIKE.of(value);
      return printed instanceof Failure
          ? printed
          : (Object) TextFunctions.matches(matcher, printed);
    };
  }
}
