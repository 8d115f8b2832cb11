package dev.spanthrift.agent.collector.refinery;

import dev.spanthrift.agent.collector.reading.Conditions;
import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.ValueTest;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the conditions of one of Refinery's rules.
 *
 * <p>Each asks whether some span is so, also those that say no: {@code !=} is true when any span
 * differs. Under scope span one span must answer all of them.
 */
final class RefineryConditions {
  private static final String ROOT = "root.";
  private static final String DESCENDANTS = "?.NUM_DESCENDANTS";
  private static final Set<String> NEGATED = Set.of("!=", "does-not-contain", "not-in");

  private final Remarks remarks;

  RefineryConditions(Remarks remarks) {
    this.remarks = remarks;
  }

  /** All of them, unless one cannot be carried over, which was said then. */
  Optional<Condition> read(Place listed, boolean ofOneSpan) {
    List<Condition> ofTrace = new ArrayList<>();
    List<Condition> ofSpan = new ArrayList<>();
    for (Place at : listed.elements()) {
      at.expect(Set.of("Field", "Fields", "Operator", "Value", "Datatype"));
      Condition whole = ofTrace(at);
      Condition condition = whole == null ? ofSpan(at) : whole;
      if (condition == null) {
        return Optional.empty();
      }
      boolean aboutTrace = whole != null || !ofOneSpan;
      (aboutTrace ? ofTrace : ofSpan)
          .add(whole == null && aboutTrace ? some(condition) : condition);
    }
    if (!ofSpan.isEmpty()) {
      ofTrace.add(some(Conditions.all(ofSpan)));
    }
    return Optional.of(Conditions.all(ofTrace));
  }

  /** True of some span. */
  private static Condition some(Condition ofSpan) {
    return switch (ofSpan) {
      case Condition.OfSpan plain -> plain;
      case Condition.All all -> new Condition.SameSpan(all.conditions());
      default -> Condition.SameSpan.of(ofSpan);
    };
  }

  private static List<String> fields(Place at) {
    return at.child("Fields").given()
        ? at.child("Fields").texts()
        : List.of(at.child("Field").text(""));
  }

  /** What is asked of the trace as a whole, or null. */
  private @Nullable Condition ofTrace(Place at) {
    String operator = at.child("Operator").text("");
    if (operator.equals("has-root-span")) {
      Condition root = new Condition.HasRootSpan();
      return at.child("Value").flag(false) ? root : new Condition.Not(root);
    }
    List<String> fields = fields(at);
    String field = fields.getFirst();
    if (field.equals(DESCENDANTS)) {
      remarks.differs(at, "spans are counted, without events and links");
      return spanCount(operator, at.child("Value").whole(0));
    }
    if (field.equals("duration_ms") || field.equals(ROOT + "duration_ms")) {
      return duration(at, operator);
    }
    if (fields.stream().allMatch(name -> name.startsWith(ROOT))) {
      Condition condition = firstPresent(at, fields);
      // Without a root span there is no such field.
      return condition == null ? null : Condition.SameSpan.of(new Condition.Root(), condition);
    }
    return null;
  }

  private @Nullable Condition spanCount(String operator, long value) {
    int count = Math.clamp(value, 0, Integer.MAX_VALUE - 1);
    int all = Integer.MAX_VALUE;
    return switch (operator) {
      case ">" -> new Condition.SpanCount(count + 1, all);
      case ">=" -> new Condition.SpanCount(count, all);
      case "<" -> count == 0 ? Conditions.NEVER : new Condition.SpanCount(0, count - 1);
      case "<=" -> new Condition.SpanCount(0, count);
      case "=" -> new Condition.SpanCount(count, count);
      case "!=" -> new Condition.Not(new Condition.SpanCount(count, count));
      default -> null;
    };
  }

  private @Nullable Condition duration(Place at, String operator) {
    remarks.differs(at, "the duration of the whole trace is asked for, not that of one span");
    Duration value = Duration.ofNanos((long) (at.child("Value").number(0) * 1e6));
    Condition longer = Condition.Lasts.moreThan(value);
    return switch (operator) {
      case ">", ">=" -> longer;
      case "<", "<=" -> new Condition.Not(longer);
      default -> null;
    };
  }

  private @Nullable Condition ofSpan(Place at) {
    List<String> fields = fields(at);
    if (fields.stream().anyMatch(name -> name.startsWith(ROOT))) {
      remarks.lost(at, "fields of the root beside fields of each span");
      return null;
    }
    return firstPresent(at, fields);
  }

  /** The first field that the span has is the one that is asked. */
  private @Nullable Condition firstPresent(Place at, List<String> fields) {
    String operator = at.child("Operator").text("");
    List<Condition> alternatives = new ArrayList<>();
    List<Condition> absent = new ArrayList<>();
    for (String named : fields) {
      RefineryField field = RefineryField.of(named.startsWith(ROOT) ? named.substring(5) : named);
      Condition asked = field == null ? null : asked(at, field, operator);
      if (field == null || asked == null) {
        remarks.lost(at, "no condition asks " + named + " " + operator);
        return null;
      }
      List<Condition> all = new ArrayList<>(absent);
      all.add(asked);
      alternatives.add(Conditions.all(all));
      absent.add(new Condition.Not(field.exists()));
    }
    return operator.equals("not-exists") ? Conditions.all(absent) : Conditions.any(alternatives);
  }

  private @Nullable Condition asked(Place at, RefineryField field, String operator) {
    Place value = at.child("Value");
    String type = at.child("Datatype").text("");
    Condition yes =
        switch (operator) {
          case "exists" -> field.exists();
          case "not-exists" -> new Condition.Not(field.exists());
          case "=", "!=" -> equal(field, value, type);
          case "in", "not-in" -> in(field, value);
          case "starts-with" -> field.text(new ValueTest.StartsWith(value.text("")));
          case "contains", "does-not-contain" -> field.text(new ValueTest.Contains(value.text("")));
          case "matches" -> field.text(new ValueTest.Matches(value.text("")));
          case "<", "<=", ">", ">=" -> field.number(range(operator, value));
          default -> null;
        };
    if (yes == null || !NEGATED.contains(operator)) {
      return yes;
    }
    // Only != on its own does not hold where there is no such field.
    boolean needsField = operator.equals("!=") && !type.equals("string");
    return needsField
        ? Condition.All.of(field.exists(), new Condition.Not(yes))
        : new Condition.Not(yes);
  }

  private static ValueTest.Range range(String operator, Place value) {
    BigDecimal bound = BigDecimal.valueOf(value.number(0));
    return switch (operator) {
      case "<" -> new ValueTest.Range(null, false, bound, false);
      case "<=" -> new ValueTest.Range(null, false, bound, true);
      case ">" -> new ValueTest.Range(bound, false, null, false);
      default -> new ValueTest.Range(bound, true, null, false);
    };
  }

  /** With a data type the value of the span is converted: text and number may be the same. */
  private static @Nullable Condition equal(RefineryField field, Place value, String type) {
    String text = value.text("");
    YamlNode.Scalar.Kind kind =
        value.node() instanceof YamlNode.Scalar scalar ? scalar.kind() : YamlNode.Scalar.Kind.TEXT;
    if (!type.isEmpty()) {
      return anyType(field, List.of(text));
    }
    return switch (kind) {
      case BOOLEAN -> field.flag(Boolean.parseBoolean(text));
      case NUMBER -> field.number(ValueTest.Range.equalTo(new BigDecimal(text)));
      case TEXT, NOTHING -> field.text(ValueTest.In.of(text));
    };
  }

  private static @Nullable Condition in(RefineryField field, Place value) {
    return anyType(field, value.isList() ? value.texts() : List.of(value.text("")));
  }

  private static @Nullable Condition anyType(RefineryField field, List<String> texts) {
    List<Condition> all = new ArrayList<>();
    add(all, field.text(new ValueTest.In(Set.copyOf(texts))));
    for (String text : texts) {
      if (text.matches("-?[0-9]+(\\.[0-9]+)?")) {
        add(all, field.number(ValueTest.Range.equalTo(new BigDecimal(text))));
      } else if (text.equals("true") || text.equals("false")) {
        add(all, field.flag(Boolean.parseBoolean(text)));
      }
    }
    return all.isEmpty() ? null : Conditions.any(all);
  }

  private static void add(List<Condition> all, @Nullable Condition condition) {
    if (condition != null) {
      all.add(condition);
    }
  }

  /** Statuses by the number that Honeycomb shows. */
  static @Nullable SpanStatus status(ValueTest.Range range) {
    for (SpanStatus status : SpanStatus.values()) {
      if (range.equals(ValueTest.Range.equalTo(BigDecimal.valueOf(status.number())))) {
        return status;
      }
    }
    return null;
  }
}
