package dev.spanthrift.sampler.policy.question;

import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.wire.Attributes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Answers one {@link ValueTest} about the attribute on which a cursor stands, its value read. */
@FunctionalInterface
interface ValueMatcher {
  boolean test(Attributes at, int type);

  static ValueMatcher of(ValueTest test) {
    return switch (test) {
      case ValueTest.Exists exists -> (at, type) -> true;
      case ValueTest.Flag flag ->
          (at, type) -> type == Attributes.BOOL && at.boolValue() == flag.value();
      case ValueTest.Range range -> Bounds.of(range);
      case ValueTest.Text text -> text(TextMatcher.of(text));
    };
  }

  private static ValueMatcher text(TextMatcher matcher) {
    return (at, type) ->
        type == Attributes.STRING && matcher.test(at.buffer(), at.valueOffset(), at.valueLength());
  }

  /** A range as the integers and the doubles that lie in it, both bounds included. */
  record Bounds(long intFrom, long intTo, boolean noInt, double from, double to)
      implements ValueMatcher {
    private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    static Bounds of(ValueTest.Range range) {
      BigDecimal low = lowest(range.from(), range.fromInclusive());
      BigDecimal high = highest(range.to(), range.toInclusive());
      return new Bounds(
          low.max(LONG_MIN).min(LONG_MAX).longValueExact(),
          high.max(LONG_MIN).min(LONG_MAX).longValueExact(),
          low.compareTo(high) > 0 || low.compareTo(LONG_MAX) > 0 || high.compareTo(LONG_MIN) < 0,
          lowestDouble(range.from(), range.fromInclusive()),
          highestDouble(range.to(), range.toInclusive()));
    }

    private static BigDecimal lowest(@Nullable BigDecimal bound, boolean inclusive) {
      if (bound == null) {
        return LONG_MIN;
      }
      BigDecimal whole = whole(bound, RoundingMode.CEILING);
      return !inclusive && whole.compareTo(bound) == 0 ? whole.add(BigDecimal.ONE) : whole;
    }

    private static BigDecimal highest(@Nullable BigDecimal bound, boolean inclusive) {
      if (bound == null) {
        return LONG_MAX;
      }
      BigDecimal whole = whole(bound, RoundingMode.FLOOR);
      return !inclusive && whole.compareTo(bound) == 0 ? whole.subtract(BigDecimal.ONE) : whole;
    }

    /** Clamped first, because 1e999999999 has a billion digits. */
    private static BigDecimal whole(BigDecimal bound, RoundingMode mode) {
      BigDecimal limit = BigDecimal.valueOf(1, -20);
      return bound.max(limit.negate()).min(limit).setScale(0, mode);
    }

    private static double lowestDouble(@Nullable BigDecimal bound, boolean inclusive) {
      if (bound == null) {
        return Double.NEGATIVE_INFINITY;
      }
      return inclusive ? bound.doubleValue() : Math.nextUp(bound.doubleValue());
    }

    private static double highestDouble(@Nullable BigDecimal bound, boolean inclusive) {
      if (bound == null) {
        return Double.POSITIVE_INFINITY;
      }
      return inclusive ? bound.doubleValue() : Math.nextDown(bound.doubleValue());
    }

    @Override
    public boolean test(Attributes at, int type) {
      if (type == Attributes.INT) {
        return !noInt && at.intValue() >= intFrom && at.intValue() <= intTo;
      }
      return type == Attributes.DOUBLE && at.doubleValue() >= from && at.doubleValue() <= to;
    }
  }
}
