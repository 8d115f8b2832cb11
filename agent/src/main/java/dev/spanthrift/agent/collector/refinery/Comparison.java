package dev.spanthrift.agent.collector.refinery;

import dev.spanthrift.agent.collector.reading.Conditions;
import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.agent.config.yaml.YamlNode.Scalar.Kind;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.ValueTest;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a field with a value as Refinery's {@code Datatype} says: both are converted to that
 * type. Without one the types must be the same.
 *
 * <p>What it answers holds only where there is such a field; null where no condition says it.
 */
final class Comparison {
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> ORDER = Set.of("<", "<=", ">", ">=");

  private final RefineryField field;
  private final String operator;

  /**
   * A comparison.
   *
   * @param operator one of {@code = < <= > >=}
   */
  Comparison(RefineryField field, String operator) {
    this.field = field;
    this.operator = operator;
  }

  @Nullable Condition with(Place value, String type) {
    String text = value.text("");
    return switch (type) {
      case "int", "float" -> number(value, type.equals("int"));
      case "bool" -> ORDER.contains(operator) ? null : truth(TRUE.contains(text));
      case "string" -> ORDER.contains(operator) ? null : text(text);
      default -> sameType(value, text);
    };
  }

  /** Whether a text converts to true. */
  static boolean isTrue(String text) {
    return TRUE.contains(text);
  }

  /** The number that stands there; 0 for what is none, which is said. */
  static BigDecimal number(Place value) {
    BigDecimal number = decimal(value.text(""), false);
    if (number == null) {
      value.wrong("a number");
      return BigDecimal.ZERO;
    }
    return number;
  }

  private @Nullable Condition sameType(Place value, String text) {
    Kind kind = value.node() instanceof YamlNode.Scalar scalar ? scalar.kind() : Kind.NOTHING;
    return switch (kind) {
      case NUMBER -> field.number(range(operator, new BigDecimal(text)));
      case BOOLEAN -> ORDER.contains(operator) ? null : field.flag(Boolean.parseBoolean(text));
      case TEXT -> ORDER.contains(operator) ? null : field.text(ValueTest.In.of(text));
      case NOTHING -> null;
    };
  }

  /** Numbers, and texts that are numbers; whole ones are cut to their integer before. */
  private @Nullable Condition number(Place value, boolean whole) {
    BigDecimal bound = decimal(value.text(""), whole);
    if (bound == null) {
      value.wrong(whole ? "a whole number" : "a number");
      return null;
    }
    return any(
        field.number(whole ? cut(bound) : range(operator, bound)),
        field.text(new ValueTest.Matches(NumberPattern.of(operator, bound, whole))));
  }

  private static @Nullable BigDecimal decimal(String text, boolean whole) {
    try {
      BigDecimal value = new BigDecimal(text.strip());
      return whole ? value.setScale(0, RoundingMode.DOWN) : value;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The range of numbers whose integer compares so: 503.7 is 503, and -0.5 is 0. */
  private ValueTest.Range cut(BigDecimal bound) {
    return switch (operator) {
      case ">" -> cutAtLeast(bound.add(BigDecimal.ONE));
      case ">=" -> cutAtLeast(bound);
      case "<" -> cutAtMost(bound.subtract(BigDecimal.ONE));
      case "<=" -> cutAtMost(bound);
      default -> {
        ValueTest.Range least = cutAtLeast(bound);
        ValueTest.Range most = cutAtMost(bound);
        yield new ValueTest.Range(
            least.from(), least.fromInclusive(), most.to(), most.toInclusive());
      }
    };
  }

  private static ValueTest.Range cutAtLeast(BigDecimal bound) {
    return bound.signum() > 0 ? range(">=", bound) : range(">", bound.subtract(BigDecimal.ONE));
  }

  private static ValueTest.Range cutAtMost(BigDecimal bound) {
    return bound.signum() < 0 ? range("<=", bound) : range("<", bound.add(BigDecimal.ONE));
  }

  private static ValueTest.Range range(String operator, BigDecimal bound) {
    return switch (operator) {
      case "<" -> new ValueTest.Range(null, false, bound, false);
      case "<=" -> new ValueTest.Range(null, false, bound, true);
      case ">" -> new ValueTest.Range(bound, false, null, false);
      case ">=" -> ValueTest.Range.atLeast(bound);
      default -> ValueTest.Range.equalTo(bound);
    };
  }

  /** What is not true is false, if it is there at all. */
  private @Nullable Condition truth(boolean wanted) {
    Condition yes =
        any(
            field.flag(true),
            any(
                field.text(new ValueTest.In(TRUE)),
                field.number(ValueTest.Range.equalTo(BigDecimal.ONE))));
    return yes == null || wanted ? yes : Condition.All.of(field.exists(), Conditions.not(yes));
  }

  /** The value, or a number or boolean that is written so. */
  private @Nullable Condition text(String text) {
    Condition same = field.text(ValueTest.In.of(text));
    BigDecimal number =
        text.matches("-?(0|[1-9][0-9]*)(\\.[0-9]*[1-9])?") ? new BigDecimal(text) : null;
    Condition asNumber = number == null ? null : field.number(ValueTest.Range.equalTo(number));
    boolean flag = text.equals("true") || text.equals("false");
    return any(any(same, asNumber), flag ? field.flag(text.equals("true")) : null);
  }

  private static @Nullable Condition any(@Nullable Condition one, @Nullable Condition other) {
    List<Condition> all = new ArrayList<>();
    if (one != null) {
      all.add(one);
    }
    if (other != null) {
      all.add(other);
    }
    return all.isEmpty() ? null : Conditions.any(all);
  }
}
