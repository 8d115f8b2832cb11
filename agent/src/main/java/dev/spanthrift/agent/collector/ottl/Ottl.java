package dev.spanthrift.agent.collector.ottl;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition of the OpenTelemetry Transformation Language about one span or one of its events.
 *
 * <pre>
 * or   = and { "or" and }      and = not { "and" not }      not = [ "not" ] primary
 * primary = "(" or ")" | "true" | "false" | value compare value | Function "(" values ")"
 * value   = path | "text" | number | true | false | nil | ENUM | 0xhex | value (+ - * /) value
 * </pre>
 *
 * <p>Source: opentelemetry-collector-contrib, pkg/ottl/LANGUAGE.md.
 */
public sealed interface Ottl {
  record Or(List<Ottl> parts) implements Ottl {
    public Or {
      parts = List.copyOf(parts);
    }
  }

  record And(List<Ottl> parts) implements Ottl {
    public And {
      parts = List.copyOf(parts);
    }
  }

  record Not(Ottl part) implements Ottl {}

  record Always(boolean value) implements Ottl {}

  record Compare(Value left, Operator operator, Value right) implements Ottl {}

  /** {@code IsMatch(value, "pattern")}, RE2. */
  record IsMatch(Value value, String pattern) implements Ottl {}

  record HasPrefix(Value value, String prefix) implements Ottl {}

  record HasSuffix(Value value, String suffix) implements Ottl {}

  record IsRootSpan() implements Ottl {}

  /** {@code IsString(value)} and its like. */
  record IsType(Value value, Type type) implements Ottl {}

  /** Types that can be asked for. */
  enum Type {
    STRING,
    INT,
    DOUBLE,
    BOOL
  }

  /** How two values are compared. */
  enum Operator {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    final String text;

    Operator(String text) {
      this.text = text;
    }

    /** The same with the sides changed. */
    Operator mirrored() {
      return switch (this) {
        case EQUAL, NOT_EQUAL -> this;
        case LESS -> GREATER;
        case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
        case GREATER -> LESS;
        case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
      };
    }
  }

  /** What can be compared. */
  sealed interface Value {}

  /** A literal: String, Long, Double, Boolean, or null for nil. */
  record Literal(@Nullable Object value) implements Value {}

  /**
   * Something of the span, its event, scope or resource.
   *
   * @param key of an attribute or a trace state member, else empty
   */
  record Path(Part part, Field field, String key) implements Value {}

  /** Whole numbers, among them times and durations in nanoseconds, or floating point ones. */
  record Arithmetic(Value left, char operator, Value right) implements Value {}

  /** Where a path begins. */
  enum Part {
    SPAN,
    EVENT,
    SCOPE,
    RESOURCE
  }

  /** What a path ends at. */
  enum Field {
    ATTRIBUTE,
    NAME,
    KIND,
    KIND_TEXT,
    STATUS_CODE,
    STATUS_MESSAGE,
    TRACE_STATE,
    PARENT_SPAN_ID,
    START,
    END
  }

  /** A condition that is not in the supported subset. */
  final class UnsupportedException extends Exception {
    UnsupportedException(String message) {
      super(message);
    }
  }
}
