package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.SpanView;
import java.util.List;

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

  private static final Check ALWAYS = view -> YES;
  private static final Check NEVER = view -> NO;

  private final Check check;

  @FunctionalInterface
  private interface Check {
    int test(SpanView view);
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
    OttlGetter getter = OttlGetters.compile(call);
    return view -> getter.get(view) instanceof Boolean answer ? (answer ? YES : NO) : FAILED;
  }

  private static Check compare(Ottl.Compare compare) {
    OttlGetter left = OttlGetters.compile(compare.left());
    OttlGetter right = OttlGetters.compile(compare.right());
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
}
