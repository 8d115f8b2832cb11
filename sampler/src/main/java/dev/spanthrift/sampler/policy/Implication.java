package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Condition.All;
import dev.spanthrift.sampler.policy.document.Condition.Any;
import dev.spanthrift.sampler.policy.document.Condition.Attribute;
import dev.spanthrift.sampler.policy.document.Condition.Bytes;
import dev.spanthrift.sampler.policy.document.Condition.EventName;
import dev.spanthrift.sampler.policy.document.Condition.HasError;
import dev.spanthrift.sampler.policy.document.Condition.Kind;
import dev.spanthrift.sampler.policy.document.Condition.Lasts;
import dev.spanthrift.sampler.policy.document.Condition.Name;
import dev.spanthrift.sampler.policy.document.Condition.Not;
import dev.spanthrift.sampler.policy.document.Condition.OfSpan;
import dev.spanthrift.sampler.policy.document.Condition.SameSpan;
import dev.spanthrift.sampler.policy.document.Condition.SpanCount;
import dev.spanthrift.sampler.policy.document.Condition.Status;
import dev.spanthrift.sampler.policy.document.Condition.TraceStateEntry;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import dev.spanthrift.sampler.policy.question.TextMatcher;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether one condition can only be true where another is. Sound, not complete: a yes is always
 * right, a no may only mean "not seen".
 *
 * <p>The same rules hold of all spans of a trace and, inside {@link SameSpan}, of one span: if x
 * implies y of each span, then "some span x" implies "some span y".
 */
final class Implication {
  private static final Condition ERROR_STATUS = Status.of(SpanStatus.ERROR);
  private static final int STEPS_MAX = 100_000; // far above what a sane document needs

  private int steps;

  static boolean holds(Condition premise, Condition conclusion) {
    return new Implication().implies(premise, conclusion);
  }

  /** Whether the condition is true of no trace. */
  static boolean isNever(Condition condition) {
    return new Implication().never(condition);
  }

  private boolean implies(Condition x, Condition y) {
    if (steps++ > STEPS_MAX) {
      return false;
    }
    if (x.equals(y)) {
      return true;
    }
    if (x instanceof Any any) {
      return any.conditions().stream().allMatch(part -> implies(part, y));
    }
    if (y instanceof All all) {
      return all.conditions().stream().allMatch(part -> implies(x, part));
    }
    if (x instanceof All all && all.conditions().stream().anyMatch(part -> implies(part, y))) {
      return true;
    }
    if (y instanceof Any any && any.conditions().stream().anyMatch(part -> implies(x, part))) {
      return true;
    }
    if (x instanceof Not notX && y instanceof Not notY) {
      return implies(notY.condition(), notX.condition());
    }
    return spans(x, y) || leaf(x, y);
  }

  /** {@link SameSpan} on one side or both. */
  private boolean spans(Condition x, Condition y) {
    if (x instanceof SameSpan one && y instanceof SameSpan other) {
      Condition all = new All(one.conditions());
      return other.conditions().stream().allMatch(part -> implies(all, part));
    }
    if (x instanceof SameSpan one && isPositive(y)) {
      return implies(new All(one.conditions()), y);
    }
    if (x instanceof OfSpan && y instanceof SameSpan other) {
      return other.conditions().stream().allMatch(part -> implies(x, part));
    }
    return false;
  }

  /** Of one span, and said of some span without a not in it: means the same in both readings. */
  private static boolean isPositive(Condition y) {
    return y instanceof OfSpan || y instanceof HasError;
  }

  private static boolean leaf(Condition x, Condition y) {
    return switch (x) {
      case Status status when y instanceof HasError -> status.equals(ERROR_STATUS);
      case HasError error when y instanceof Status status ->
          status.statuses().contains(SpanStatus.ERROR);
      case Status one when y instanceof Status other -> within(one.statuses(), other.statuses());
      case Kind one when y instanceof Kind other -> within(one.kinds(), other.kinds());
      case Name one when y instanceof Name other -> text(one.test(), other.test());
      case EventName one when y instanceof EventName other -> text(one.test(), other.test());
      case Attribute one when y instanceof Attribute other -> attribute(one, other);
      case TraceStateEntry one when y instanceof TraceStateEntry other -> entry(one, other);
      case SpanCount one when y instanceof SpanCount other ->
          one.atLeast() >= other.atLeast() && one.atMost() <= other.atMost();
      case Bytes one when y instanceof Bytes other ->
          one.atLeast() >= other.atLeast() && one.atMost() <= other.atMost();
      case Lasts one when y instanceof Lasts other -> lasts(one, other);
      default -> false;
    };
  }

  private static boolean within(Set<?> one, Set<?> other) {
    return other.containsAll(one);
  }

  private static boolean lasts(Lasts one, Lasts other) {
    return one.moreThan().compareTo(other.moreThan()) >= 0
        && (other.atMost() == null
            || (one.atMost() != null && one.atMost().compareTo(other.atMost()) <= 0));
  }

  private static boolean attribute(Attribute one, Attribute other) {
    boolean place =
        one.where() == other.where() || (other.where() == Where.ANY && one.where() != Where.EVENT);
    return place && one.key().equals(other.key()) && value(one.test(), other.test());
  }

  private static boolean entry(TraceStateEntry one, TraceStateEntry other) {
    if (!one.key().equals(other.key())) {
      return false;
    }
    ValueTest.Text wanted = other.test();
    return wanted == null || (one.test() != null && text(one.test(), wanted));
  }

  private static boolean value(ValueTest one, ValueTest other) {
    if (one.equals(other) || other instanceof ValueTest.Exists) {
      return true;
    }
    if (one instanceof ValueTest.Range inner && other instanceof ValueTest.Range outer) {
      return range(inner, outer);
    }
    return one instanceof ValueTest.Text text
        && other instanceof ValueTest.Text wanted
        && text(text, wanted);
  }

  private static boolean range(ValueTest.Range inner, ValueTest.Range outer) {
    return isBound(outer.from(), outer.fromInclusive(), inner.from(), inner.fromInclusive(), 1)
        && isBound(outer.to(), outer.toInclusive(), inner.to(), inner.toInclusive(), -1);
  }

  /** Whether the outer bound lets through all that the inner one does. */
  private static boolean isBound(
      @Nullable BigDecimal outer,
      boolean outerInclusive,
      @Nullable BigDecimal inner,
      boolean innerInclusive,
      int sign) {
    if (outer == null || inner == null) {
      return outer == null;
    }
    int order = sign * Integer.signum(inner.compareTo(outer));
    return order > 0 || (order == 0 && (outerInclusive || !innerInclusive));
  }

  private static boolean text(ValueTest.Text one, ValueTest.Text other) {
    if (one.equals(other)) {
      return true;
    }
    return switch (one) {
      case ValueTest.In in -> in.values().stream().allMatch(value -> matches(value, other));
      case ValueTest.StartsWith starts ->
          other instanceof ValueTest.StartsWith wanted
              ? starts.prefix().startsWith(wanted.prefix())
              : other instanceof ValueTest.Contains part && starts.prefix().contains(part.part());
      case ValueTest.EndsWith ends ->
          other instanceof ValueTest.EndsWith wanted
              ? ends.suffix().endsWith(wanted.suffix())
              : other instanceof ValueTest.Contains part && ends.suffix().contains(part.part());
      case ValueTest.Contains contains ->
          other instanceof ValueTest.Contains wanted && contains.part().contains(wanted.part());
      case ValueTest.Matches pattern -> false;
    };
  }

  private static boolean matches(String value, ValueTest.Text test) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return TextMatcher.of(test).test(bytes, 0, bytes.length);
  }

  private boolean never(Condition condition) {
    return switch (condition) {
      case Any any -> any.conditions().stream().allMatch(this::never);
      case All all ->
          all.conditions().stream().anyMatch(this::never) || contradicts(all.conditions());
      case SameSpan same ->
          same.conditions().stream().anyMatch(this::never)
              || contradicts(same.conditions())
              || isDisjoint(same.conditions());
      case Not not -> implies(Condition.ALWAYS, not.condition());
      default -> false;
    };
  }

  /** One part denies what another asserts, or two bounds leave nothing between them. */
  private boolean contradicts(List<Condition> parts) {
    for (Condition part : parts) {
      for (Condition other : parts) {
        if (part instanceof Not not && implies(other, not.condition())) {
          return true;
        }
        if (areDisjointBounds(part, other)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean areDisjointBounds(Condition one, Condition other) {
    if (one instanceof SpanCount a && other instanceof SpanCount b) {
      return a.atMost() < b.atLeast();
    }
    if (one instanceof Bytes a && other instanceof Bytes b) {
      return a.atMost() < b.atLeast();
    }
    return one instanceof Lasts a
        && other instanceof Lasts b
        && a.atMost() != null
        && a.atMost().compareTo(b.moreThan()) <= 0;
  }

  /** One span has one kind, one status and one name. */
  private static boolean isDisjoint(List<Condition> parts) {
    for (Condition part : parts) {
      for (Condition other : parts) {
        boolean disjoint =
            switch (part) {
              case Kind a when other instanceof Kind b ->
                  Collections.disjoint(a.kinds(), b.kinds());
              case Status a when other instanceof Status b ->
                  Collections.disjoint(a.statuses(), b.statuses());
              case Name a
                  when other instanceof Name b
                      && a.test() instanceof ValueTest.In in
                      && b.test() instanceof ValueTest.In wanted ->
                  Collections.disjoint(in.values(), wanted.values());
              default -> false;
            };
        if (disjoint) {
          return true;
        }
      }
    }
    return false;
  }
}
