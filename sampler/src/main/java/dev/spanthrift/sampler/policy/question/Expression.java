package dev.spanthrift.sampler.policy.question;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.trace.Fragment;
import org.jspecify.annotations.Nullable;

/**
 * A compiled condition: reads facts, a bit for each question, and the fragment.
 *
 * <p>Of a fragment's facts a bit says "some span"; of one span's facts, inside {@link
 * Condition.SameSpan}, it says "this span", and there is no fragment.
 */
@FunctionalInterface
public interface Expression {
  boolean test(long[] facts, int offset, @Nullable Fragment fragment);

  static Expression bit(int bit) {
    int word = bit >> 6;
    long mask = 1L << bit;
    return (facts, offset, fragment) -> (facts[offset + word] & mask) != 0;
  }

  static Expression all(Expression[] parts) {
    if (parts.length == 1) {
      return parts[0];
    }
    return (facts, offset, fragment) -> {
      for (Expression part : parts) {
        if (!part.test(facts, offset, fragment)) {
          return false;
        }
      }
      return true;
    };
  }

  static Expression any(Expression[] parts) {
    if (parts.length == 1) {
      return parts[0];
    }
    return (facts, offset, fragment) -> {
      for (Expression part : parts) {
        if (part.test(facts, offset, fragment)) {
          return true;
        }
      }
      return false;
    };
  }

  static Expression not(Expression part) {
    return (facts, offset, fragment) -> !part.test(facts, offset, fragment);
  }

  static Expression ofTrace(Condition.OfTrace condition) {
    return switch (condition) {
      case Condition.HasError error -> (facts, at, f) -> f != null && f.hasError();
      case Condition.HasRootSpan root -> (facts, at, f) -> f != null && f.isRooted();
      case Condition.SpanCount count ->
          (facts, at, f) -> f != null && f.size() >= count.atLeast() && f.size() <= count.atMost();
      case Condition.Bytes bytes ->
          (facts, at, f) ->
              f != null && f.bytes() >= bytes.atLeast() && f.bytes() <= bytes.atMost();
      case Condition.Lasts lasts -> lasts(lasts);
    };
  }

  private static Expression lasts(Condition.Lasts lasts) {
    long moreThan = Nanos.of(lasts.moreThan());
    long atMost = lasts.atMost() == null ? Long.MAX_VALUE : Nanos.of(lasts.atMost());
    return (facts, at, f) ->
        f != null && f.durationNanos() > moreThan && f.durationNanos() <= atMost;
  }
}
