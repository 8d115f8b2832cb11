package dev.spanthrift.agent.collector.ottl;

import static dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;

import dev.spanthrift.agent.collector.ottl.value.OttlValues;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Bytes;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Items;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Nanos;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Pairs;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How OTTL compares and calculates: values of different types are only ever different, but for
 * whole and floating numbers.
 */
final class OttlMath {
  private OttlMath() {}

  static boolean compare(@Nullable Object a, Ottl.Operator operator, @Nullable Object b) {
    return switch (a) {
      case null -> b == null ? holds(operator, 0) : operator == Ottl.Operator.NOT_EQUAL;
      case Long x when b instanceof Long y -> holds(operator, Long.compare(x, y));
      case Number x when b instanceof Number y ->
          compare(x.doubleValue(), operator, y.doubleValue());
      case String x when b instanceof String y -> holds(operator, order(x, y));
      case Boolean x when b instanceof Boolean y -> holds(operator, Boolean.compare(x, y));
      case Bytes x when b instanceof Bytes y ->
          holds(operator, Arrays.compareUnsigned(x.bytes(), y.bytes()));
      case Nanos x when b instanceof Nanos y -> holds(operator, Long.compare(x.value(), y.value()));
      case Instant x when b instanceof Instant y -> holds(operator, x.compareTo(y));
      default -> unordered(a, operator, b);
    };
  }

  private static boolean unordered(Object a, Ottl.Operator operator, @Nullable Object b) {
    boolean typed = (a instanceof Items x && x.typed()) || (b instanceof Items y && y.typed());
    boolean comparable = a instanceof Pairs || a instanceof Items || a instanceof OttlValues.Id;
    boolean equal = comparable && !typed && OttlValues.same(a, b);
    return switch (operator) {
      case EQUAL -> equal;
      case NOT_EQUAL -> !equal;
      default -> false;
    };
  }

  /** Not by {@code Double.compare}: NaN is equal to nothing. */
  private static boolean compare(double a, Ottl.Operator operator, double b) {
    return switch (operator) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case LESS -> a < b;
      case LESS_OR_EQUAL -> a <= b;
      case GREATER -> a > b;
      case GREATER_OR_EQUAL -> a >= b;
    };
  }

  private static boolean holds(Ottl.Operator operator, int order) {
    return switch (operator) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
    };
  }

  /** By bytes of UTF-8, as Go orders texts. */
  private static int order(String a, String b) {
    return a.equals(b)
        ? 0
        : Arrays.compareUnsigned(
            a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  static Object negate(@Nullable Object value) {
    return switch (value) {
      case Long whole -> -whole;
      case Double number -> -number;
      case Failure failure -> failure;
      case null, default -> Failure.MATH;
    };
  }

  static Object calculate(@Nullable Object left, char operator, @Nullable Object right) {
    return switch (left) {
      case Long a when right instanceof Long b -> whole(a, operator, b);
      case Number a when right instanceof Number b ->
          floating(a.doubleValue(), operator, b.doubleValue());
      case Instant a -> time(a, operator, right);
      case Nanos a -> duration(a, operator, right);
      case null, default -> Failure.MATH;
    };
  }

  private static Object whole(long a, char operator, long b) {
    return switch (operator) {
      case '+' -> a + b;
      case '-' -> a - b;
      case '*' -> a * b;
      default -> b == 0 ? Failure.ZERO : (Object) (a / b);
    };
  }

  private static Object floating(double a, char operator, double b) {
    return switch (operator) {
      case '+' -> a + b;
      case '-' -> a - b;
      case '*' -> a * b;
      default -> b == 0 ? Failure.ZERO : (Object) (a / b);
    };
  }

  private static Object time(Instant a, char operator, @Nullable Object right) {
    try {
      return switch (right) {
        case Nanos b when operator == '+' -> a.plusNanos(b.value());
        case Nanos b when operator == '-' -> a.minusNanos(b.value());
        case Instant b when operator == '-' -> new Nanos(between(b, a));
        case null, default -> Failure.MATH;
      };
    } catch (DateTimeException | ArithmeticException tooFar) {
      return Failure.MATH;
    }
  }

  /** At most what 64 bits of nanoseconds can say, as in Go. */
  private static long between(Instant from, Instant to) {
    try {
      return Duration.between(from, to).toNanos();
    } catch (ArithmeticException tooFar) {
      return to.isAfter(from) ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
  }

  private static Object duration(Nanos a, char operator, @Nullable Object right) {
    return switch (right) {
      case Nanos b when operator == '+' -> new Nanos(a.value() + b.value());
      case Nanos b when operator == '-' -> new Nanos(a.value() - b.value());
      case Instant b when operator == '+' -> b.plusNanos(a.value());
      case null, default -> Failure.MATH;
    };
  }
}
