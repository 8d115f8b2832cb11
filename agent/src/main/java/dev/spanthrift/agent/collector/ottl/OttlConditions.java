package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.SpanView.Part;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.SpanKind;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns {@link Ottl} conditions about spans into plain ones, which need no object for a span.
 *
 * <p>Exactly only where nothing in the condition can fail: a failure would end all of it.
 */
public final class OttlConditions {
  private OttlConditions() {}

  /** Exactly what was asked: a plain condition, or one that only code can put. */
  public static Condition exact(Ottl.Test condition, boolean ofEvent) {
    Condition plain = ofEvent ? null : plain(condition, true);
    return plain != null
        ? ofOneSpan(plain)
        : new Condition.Custom(new OttlQuestion(condition, ofEvent));
  }

  /**
   * One that can be written down. Functions of texts then ask of texts only: the Collector prints
   * values of other types for {@code IsMatch}, and has no answer in the others.
   */
  public static Optional<Condition> writable(Ottl.Test condition, boolean ofEvent) {
    if (ofEvent) {
      return Optional.ofNullable(ofEvent(condition));
    }
    return Optional.ofNullable(plain(condition, false)).map(OttlConditions::ofOneSpan);
  }

  /** A single question needs no same span. */
  private static Condition ofOneSpan(Condition condition) {
    return condition instanceof Condition.OfSpan ? condition : Condition.SameSpan.of(condition);
  }

  private static @Nullable Condition plain(Ottl.Test condition, boolean exact) {
    return switch (condition) {
      case Ottl.Or or -> {
        List<Condition> parts = plain(or.parts(), exact);
        yield parts == null ? null : new Condition.Any(parts);
      }
      case Ottl.And and -> {
        List<Condition> parts = plain(and.parts(), exact);
        yield parts == null ? null : new Condition.All(parts);
      }
      case Ottl.Not not -> not(plain(not.part(), exact));
      case Ottl.Always always ->
          always.value() ? Condition.ALWAYS : new Condition.Not(Condition.ALWAYS);
      case Ottl.Compare compare -> exact && isSpecial(compare) ? null : compare(compare);
      case Ottl.Holds holds -> exact ? ofName(holds.call()) : call(holds.call());
    };
  }

  /**
   * Ours ask whether there is an attribute, and OTTL whether it has a value; and ours read a trace
   * state of which a part is malformed.
   */
  private static boolean isSpecial(Ottl.Compare compare) {
    return isSpecial(compare.left()) || isSpecial(compare.right());
  }

  private static boolean isSpecial(Ottl.Value value) {
    return (value instanceof Ottl.Literal literal && literal.value() == null)
        || (value instanceof Ottl.Path path && path.field() == OttlPath.SPAN_TRACE_STATE);
  }

  private static @Nullable List<Condition> plain(List<Ottl.Test> parts, boolean exact) {
    List<Condition> conditions = new ArrayList<>();
    for (Ottl.Test part : parts) {
      Condition condition = plain(part, exact);
      if (condition == null) {
        return null;
      }
      conditions.add(condition);
    }
    return conditions;
  }

  private static @Nullable Condition not(@Nullable Condition condition) {
    return condition == null ? null : new Condition.Not(condition);
  }

  private static @Nullable Condition anyOf(@Nullable Condition a, @Nullable Condition b) {
    return a == null || b == null ? null : Condition.Any.of(a, b);
  }

  private static ValueTest flag(boolean value) {
    return new ValueTest.Flag(value);
  }

  /** The condition of an event's single name or attribute. */
  private static @Nullable Condition ofEvent(Ottl.Test condition) {
    if (condition instanceof Ottl.Compare compare
        && compare.operator() == Ottl.Operator.EQUAL
        && compare.left() instanceof Ottl.Path path
        && compare.right() instanceof Ottl.Literal literal
        && literal.value() instanceof String text) {
      return path.field() == OttlPath.EVENT_NAME
          ? new Condition.EventName(ValueTest.In.of(text))
          : attribute(path, ValueTest.In.of(text));
    }
    return null;
  }

  /** A name is always a text, so that functions of it never fail. */
  private static @Nullable Condition ofName(Ottl.Call call) {
    return !call.arguments().isEmpty() && isName(call.arguments().getFirst()) ? call(call) : null;
  }

  private static boolean isName(Ottl.Value value) {
    return value instanceof Ottl.Path path && path.field() == OttlPath.SPAN_NAME;
  }

  private static @Nullable Condition call(Ottl.Call call) {
    if (!call.keys().isEmpty()) {
      return null;
    }
    List<Ottl.Value> arguments = call.arguments();
    return switch (call.function().name()) {
      case "IsRootSpan" -> new Condition.Root();
      case "IsBool" ->
          anyOf(
              attribute(arguments.getFirst(), flag(true)),
              attribute(arguments.getFirst(), flag(false)));
      case "IsMatch", "HasPrefix", "HasSuffix" ->
          arguments.get(1) instanceof Ottl.Literal literal && literal.value() instanceof String text
              ? text(arguments.getFirst(), test(call.function().name(), text))
              : null;
      default -> null;
    };
  }

  private static ValueTest.@Nullable Text test(String function, String text) {
    return switch (function) {
      case "IsMatch" -> new ValueTest.Matches(text);
      case "HasPrefix" -> text.isEmpty() ? null : new ValueTest.StartsWith(text);
      default -> text.isEmpty() ? null : new ValueTest.EndsWith(text);
    };
  }

  private static @Nullable Condition text(Ottl.Value value, ValueTest.@Nullable Text test) {
    if (test == null) {
      return null;
    }
    return isName(value) ? new Condition.Name(test) : attribute(value, test);
  }

  private static @Nullable Condition attribute(Ottl.Value value, ValueTest test) {
    if (value instanceof Ottl.Path path && path.field().isAttributes()) {
      String key = path.key();
      return key == null ? null : new Condition.Attribute(where(path.field().part), key, test);
    }
    return null;
  }

  private static Where where(Part part) {
    return switch (part) {
      case SPAN -> Where.SPAN;
      case EVENT -> Where.EVENT;
      case SCOPE -> Where.SCOPE;
      case RESOURCE -> Where.RESOURCE;
    };
  }

  private static @Nullable Condition compare(Ottl.Compare compare) {
    if (compare.left() instanceof Ottl.Path path
        && compare.right() instanceof Ottl.Literal literal) {
      return compare(path, compare.operator(), literal.value());
    }
    if (compare.right() instanceof Ottl.Path path
        && compare.left() instanceof Ottl.Literal literal) {
      return compare(path, compare.operator().mirrored(), literal.value());
    }
    return null;
  }

  private static @Nullable Condition compare(
      Ottl.Path path, Ottl.Operator operator, @Nullable Object literal) {
    if (operator == Ottl.Operator.NOT_EQUAL) {
      return not(compare(path, Ottl.Operator.EQUAL, literal));
    }
    boolean equal = operator == Ottl.Operator.EQUAL;
    if (path.field().isAttributes()) {
      return attribute(path, operator, literal);
    }
    return switch (path.field()) {
      case SPAN_NAME ->
          equal && literal instanceof String text
              ? new Condition.Name(ValueTest.In.of(text))
              : null;
      case SPAN_KIND -> equal && literal instanceof Long number ? kind(number) : null;
      case SPAN_KIND_TEXT -> equal && literal instanceof String text ? kind(text) : null;
      case SPAN_STATUS_CODE -> equal && literal instanceof Long number ? status(number) : null;
      case SPAN_TRACE_STATE -> traceState(path, equal, literal);
      default -> null;
    };
  }

  private static @Nullable Condition traceState(
      Ottl.Path path, boolean equal, @Nullable Object literal) {
    String key = path.key();
    return equal && key != null && literal instanceof String text && !text.isEmpty()
        ? new Condition.TraceStateEntry(key, ValueTest.In.of(text))
        : null;
  }

  private static @Nullable Condition attribute(
      Ottl.Path path, Ottl.Operator operator, @Nullable Object literal) {
    boolean equal = operator == Ottl.Operator.EQUAL;
    return switch (literal) {
      case null -> equal ? not(attribute(path, ValueTest.EXISTS)) : null;
      case String text -> equal ? attribute(path, ValueTest.In.of(text)) : null;
      case Boolean flag -> equal ? attribute(path, flag(flag)) : null;
      case Long number -> attribute(path, range(operator, BigDecimal.valueOf(number)));
      case Double number -> attribute(path, range(operator, new BigDecimal(number)));
      default -> null;
    };
  }

  private static ValueTest range(Ottl.Operator operator, BigDecimal bound) {
    return switch (operator) {
      case LESS -> new ValueTest.Range(null, false, bound, false);
      case LESS_OR_EQUAL -> new ValueTest.Range(null, false, bound, true);
      case GREATER -> new ValueTest.Range(bound, false, null, false);
      case GREATER_OR_EQUAL -> new ValueTest.Range(bound, true, null, false);
      case EQUAL, NOT_EQUAL -> ValueTest.Range.equalTo(bound);
    };
  }

  private static @Nullable Condition kind(long number) {
    for (SpanKind kind : SpanKind.values()) {
      if (kind.number() == number) {
        return Condition.Kind.of(kind);
      }
    }
    return null;
  }

  private static @Nullable Condition kind(String text) {
    for (SpanKind kind : SpanKind.values()) {
      String name = kind.name();
      if (text.equals(name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT))) {
        return Condition.Kind.of(kind);
      }
    }
    return null;
  }

  private static @Nullable Condition status(long number) {
    for (SpanStatus status : SpanStatus.values()) {
      if (status.number() == number) {
        return Condition.Status.of(status);
      }
    }
    return null;
  }
}
