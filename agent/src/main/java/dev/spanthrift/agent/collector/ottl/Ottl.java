package dev.spanthrift.agent.collector.ottl;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition of the OpenTelemetry Transformation Language about one span or one of its events.
 *
 * <pre>
 * or      = and { "or" and }        and   = not { "and" not }      not = [ "not" ] primary
 * primary = "(" or ")" | value compare value | Function "(" arguments ")" | "true" | "false"
 * value   = path | Function(…) | "text" | number | true | false | nil | ENUM | 0xhex
 *         | [ list ] | { "key": value } | [ sign ] value (+ - * /) value
 * path    = [ context "." ] field { "." field } { "[" key "]" }
 * </pre>
 *
 * <p>Source: opentelemetry-collector-contrib, pkg/ottl/LANGUAGE.md and grammar.
 */
public sealed interface Ottl {
  /** What is true or false of a span, or fails. */
  sealed interface Test extends Ottl {}

  /** What has a value. */
  sealed interface Value extends Ottl {}

  record Or(List<Test> parts) implements Test {
    public Or {
      parts = List.copyOf(parts);
    }
  }

  record And(List<Test> parts) implements Test {
    public And {
      parts = List.copyOf(parts);
    }
  }

  record Not(Test part) implements Test {}

  record Always(boolean value) implements Test {}

  record Compare(Value left, Operator operator, Value right) implements Test {}

  /** A function that answers yes or no. */
  record Holds(Call call) implements Test {}

  /** A literal: String, Long, Double, Boolean, bytes, or null for nil. */
  record Literal(@Nullable Object value) implements Value {}

  /** Something of the span, its event, scope or resource. */
  record Path(OttlPath field, List<Value> keys) implements Value {
    public Path {
      keys = List.copyOf(keys);
    }

    /** The key of an attribute or of a trace state's member, where that is one text; else null. */
    @Nullable String key() {
      return keys.size() == 1
              && keys.getFirst() instanceof Literal literal
              && literal.value() instanceof String key
          ? key
          : null;
    }
  }

  /** Numbers, times and durations. */
  record Arithmetic(Value left, char operator, Value right) implements Value {}

  record Negated(Value value) implements Value {}

  /**
   * A function's value, or what stands at a key in it.
   *
   * @param arguments one for each parameter; a literal nil where an optional one is left out
   */
  record Call(OttlFunction function, List<Value> arguments, List<Value> keys) implements Value {
    public Call {
      arguments = List.copyOf(arguments);
      keys = List.copyOf(keys);
    }
  }

  record Items(List<Value> items) implements Value {
    public Items {
      items = List.copyOf(items);
    }
  }

  record Pairs(List<String> keys, List<Value> values) implements Value {
    public Pairs {
      keys = List.copyOf(keys);
      values = List.copyOf(values);
    }
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

  /** A condition that is not read here; the message names the function, the path or the place. */
  class UnsupportedException extends Exception {
    UnsupportedException(String message) {
      super("OTTL: " + message);
    }
  }

  /** A condition that the Collector refuses at its start, too. */
  final class InvalidException extends UnsupportedException {
    InvalidException(String message) {
      super(message);
    }
  }
}
