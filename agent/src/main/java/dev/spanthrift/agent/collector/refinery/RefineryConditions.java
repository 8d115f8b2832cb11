package dev.spanthrift.agent.collector.refinery;

import dev.spanthrift.agent.collector.reading.Conditions;
import dev.spanthrift.agent.collector.reading.KeyTable;
import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexSyntaxException;
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
      KeyTable.of("refinery condition").walk(at);
      if (!isWhole(at)) {
        return Optional.empty();
      }
      Condition whole = ofTrace(at);
      Condition condition = whole == null && !isOfRoot(fields(at)) ? ofSpan(at) : whole;
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

  private static boolean isWhole(Place at) {
    if (at.child("Operator").text("").isEmpty()) {
      at.child("Operator").wrong("an operator such as =");
      return false;
    }
    boolean needsField = !at.child("Operator").text("").equals("has-root-span");
    if (needsField && at.child("Field").given() == at.child("Fields").given()) {
      at.wrong("either Field or Fields");
      return false;
    }
    return true;
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
      return Comparison.isTrue(at.child("Value").text("")) ? root : new Condition.Not(root);
    }
    List<String> fields = fields(at);
    String field = fields.getFirst();
    if (field.equals(DESCENDANTS)) {
      remarks.differs(at, "spans are counted, without events and links");
      return spanCount(operator, Comparison.number(at.child("Value")).longValue());
    }
    if (field.equals("duration_ms") || field.equals(ROOT + "duration_ms")) {
      return duration(at, operator);
    }
    if (isOfRoot(fields)) {
      Condition condition = firstPresent(at, fields);
      // Without a root span there is no such field.
      return condition == null ? null : Condition.SameSpan.of(new Condition.Root(), condition);
    }
    return null;
  }

  private static boolean isOfRoot(List<String> fields) {
    return fields.stream().allMatch(name -> name.startsWith(ROOT));
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
    double milliseconds = Comparison.number(at.child("Value")).doubleValue();
    Duration value = Duration.ofNanos((long) (milliseconds * 1e6));
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
      remarks.loss(at, "fields of the root beside fields of each span");
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
        String type = at.child("Datatype").text("");
        remarks.loss(at, ("no condition asks " + named + " " + operator + " " + type).strip());
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
          case "=", "!=" -> new Comparison(field, "=").with(value, type);
          case "in", "not-in" -> in(field, value, type);
          case "starts-with" -> textOnly(at, field.text(new ValueTest.StartsWith(value.text(""))));
          case "contains", "does-not-contain" ->
              textOnly(at, field.text(new ValueTest.Contains(value.text(""))));
          case "matches" -> matches(at, field, value);
          default -> new Comparison(field, operator).with(value, type);
        };
    if (yes == null || !NEGATED.contains(operator)) {
      return yes;
    }
    if (!operator.equals("!=") || type.equals("string")) {
      return new Condition.Not(yes);
    }
    // Only != on its own does not hold where there is no such field, or none that can be converted.
    Condition there = comparable(field, value, type);
    return there == null ? null : Condition.All.of(there, new Condition.Not(yes));
  }

  /** What {@code !=} can be asked of: a value of another type neither equals nor differs. */
  private static @Nullable Condition comparable(RefineryField field, Place value, String type) {
    Condition below = null;
    Condition above = null;
    boolean numbers =
        type.equals("int")
            || type.equals("float")
            || (type.isEmpty()
                && value.node() instanceof YamlNode.Scalar scalar
                && scalar.kind() == YamlNode.Scalar.Kind.NUMBER);
    if (numbers) {
      below = new Comparison(field, "<=").with(value, type);
      above = new Comparison(field, ">").with(value, type);
    }
    return below == null || above == null ? field.exists() : Condition.Any.of(below, above);
  }

  private @Nullable Condition textOnly(Place at, @Nullable Condition condition) {
    remarks.note(at, "numbers are not looked at as texts");
    return condition;
  }

  private @Nullable Condition matches(Place at, RefineryField field, Place value) {
    try {
      Regex.compile(value.text(""));
    } catch (RegexSyntaxException e) {
      String why = "\" is no regular expression that can be read: " + e.getMessage();
      remarks.wrong(value, "\"" + value.text("") + why);
      return null;
    }
    return textOnly(at, field.text(new ValueTest.Matches(value.text(""))));
  }

  /** Values are texts unless a data type says that they are numbers. */
  private static @Nullable Condition in(RefineryField field, Place value, String type) {
    if (type.equals("bool")) {
      value.wrong("a Datatype other than bool");
      return null;
    }
    List<Condition> all = new ArrayList<>();
    for (Place one : value.isList() ? value.elements() : List.of(value)) {
      Condition same = new Comparison(field, "=").with(one, type.isEmpty() ? "string" : type);
      if (same != null) {
        all.add(same);
      }
    }
    return all.isEmpty() ? null : Conditions.any(all);
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
