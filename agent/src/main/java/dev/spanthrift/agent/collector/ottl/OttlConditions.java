package dev.spanthrift.agent.collector.ottl;

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

/** Turns {@link Ottl} conditions about spans into plain ones. */
public final class OttlConditions {
  private OttlConditions() {}

  /** Exactly what was asked: a plain condition, or one that only code can put. */
  public static Condition exact(Ottl condition, boolean ofEvent) {
    Condition plain = ofEvent ? null : plain(condition, true);
    return plain != null
        ? ofOneSpan(plain)
        : new Condition.Custom(new OttlQuestion(condition, ofEvent));
  }

  /**
   * One that can be written down. {@code IsMatch} then asks of texts only, while the Collector
   * prints values of other types.
   */
  public static Optional<Condition> writable(Ottl condition, boolean ofEvent) {
    if (ofEvent) {
      return Optional.ofNullable(ofEvent(condition));
    }
    return Optional.ofNullable(plain(condition, false)).map(OttlConditions::ofOneSpan);
  }

  /** A single question needs no same span. */
  private static Condition ofOneSpan(Condition condition) {
    return condition instanceof Condition.OfSpan ? condition : Condition.SameSpan.of(condition);
  }

  private static @Nullable Condition plain(Ottl condition, boolean exact) {
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
      case Ottl.IsRootSpan root -> new Condition.Root();
      case Ottl.Compare compare -> compare(compare);
      case Ottl.IsMatch match ->
          isName(match.value()) || !exact
              ? text(match.value(), new ValueTest.Matches(match.pattern()))
              : null;
      case Ottl.HasPrefix has -> text(has.value(), new ValueTest.StartsWith(has.prefix()));
      case Ottl.HasSuffix has -> text(has.value(), new ValueTest.EndsWith(has.suffix()));
      case Ottl.IsType is ->
          is.type() == Ottl.Type.BOOL
              ? anyOf(attribute(is.value(), flag(true)), attribute(is.value(), flag(false)))
              : null;
    };
  }

  private static @Nullable List<Condition> plain(List<Ottl> parts, boolean exact) {
    List<Condition> conditions = new ArrayList<>();
    for (Ottl part : parts) {
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

  private static boolean isName(Ottl.Value value) {
    return value instanceof Ottl.Path path && path.field() == Ottl.Field.NAME;
  }

  /** The condition of an event's single name or attribute. */
  private static @Nullable Condition ofEvent(Ottl condition) {
    if (condition instanceof Ottl.Compare compare
        && compare.operator() == Ottl.Operator.EQUAL
        && compare.left() instanceof Ottl.Path path
        && compare.right() instanceof Ottl.Literal literal
        && literal.value() instanceof String text) {
      return switch (path.field()) {
        case NAME ->
            path.part() == Ottl.Part.EVENT ? new Condition.EventName(ValueTest.In.of(text)) : null;
        case ATTRIBUTE -> attribute(path, ValueTest.In.of(text));
        default -> null;
      };
    }
    return null;
  }

  private static @Nullable Condition text(Ottl.Value value, ValueTest.Text test) {
    boolean empty =
        switch (test) {
          case ValueTest.StartsWith starts -> starts.prefix().isEmpty();
          case ValueTest.EndsWith ends -> ends.suffix().isEmpty();
          default -> false;
        };
    if (empty) {
      return null;
    }
    return isName(value) ? new Condition.Name(test) : attribute(value, test);
  }

  private static @Nullable Condition attribute(Ottl.Value value, ValueTest test) {
    return value instanceof Ottl.Path path && path.field() == Ottl.Field.ATTRIBUTE
        ? new Condition.Attribute(where(path.part()), path.key(), test)
        : null;
  }

  private static Where where(Ottl.Part part) {
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
    return switch (path.field()) {
      case ATTRIBUTE -> attribute(path, operator, literal);
      case NAME ->
          equal && literal instanceof String text
              ? new Condition.Name(ValueTest.In.of(text))
              : null;
      case KIND -> equal && literal instanceof Long number ? kind(number) : null;
      case KIND_TEXT -> equal && literal instanceof String text ? kind(text) : null;
      case STATUS_CODE -> equal && literal instanceof Long number ? status(number) : null;
      case TRACE_STATE ->
          equal && literal instanceof String text && !text.isEmpty()
              ? new Condition.TraceStateEntry(path.key(), ValueTest.In.of(text))
              : null;
      case PARENT_SPAN_ID -> equal && literal == null ? new Condition.Root() : null;
      case STATUS_MESSAGE, START, END -> null;
    };
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
