package dev.spanthrift.agent.config.policy;

import dev.spanthrift.agent.config.settings.Values;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes a condition in the form that {@link ConditionParser} reads. */
final class ConditionWriter {
  private ConditionWriter() {}

  static Map<String, Object> toMap(Condition condition) {
    return switch (condition) {
      case Condition.All all -> Map.of("all", list(all.conditions()));
      case Condition.Any any -> Map.of("any", list(any.conditions()));
      case Condition.SameSpan same -> Map.of("sameSpan", list(same.conditions()));
      case Condition.Not not -> Map.of("not", toMap(not.condition()));
      case Condition.Attribute attribute -> attribute(attribute);
      case Condition.Name name -> Map.of("name", text(name.test()));
      case Condition.EventName event -> Map.of("event", text(event.test()));
      case Condition.TraceStateEntry entry -> Map.of("traceState", traceState(entry));
      case Condition.Kind kind -> Map.of("kind", constants(kind.kinds()));
      case Condition.Status status -> Map.of("status", constants(status.statuses()));
      case Condition.Lasts lasts -> lasts(lasts);
      case Condition.SpanCount count ->
          Map.of("spanCount", bounds(count.atLeast(), count.atMost(), Integer.MAX_VALUE));
      case Condition.Bytes bytes ->
          Map.of("bytes", bounds(bytes.atLeast(), bytes.atMost(), Long.MAX_VALUE));
      case Condition.HasError error -> Map.of("hasError", true);
      case Condition.HasRootSpan root -> Map.of("hasRootSpan", true);
      case Condition.Root root -> Map.of("root", true);
      case Condition.Custom custom ->
          throw new IllegalArgumentException("cannot be written down: " + custom);
    };
  }

  private static List<Map<String, Object>> list(List<Condition> conditions) {
    return conditions.stream().map(ConditionWriter::toMap).toList();
  }

  private static Map<String, Object> attribute(Condition.Attribute attribute) {
    if (attribute.where() == Where.RESOURCE
        && attribute.key().equals(ConditionParser.SERVICE_NAME)
        && attribute.test() instanceof ValueTest.Text text) {
      return Map.of("service", text(text));
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("key", attribute.key());
    if (attribute.where() != Where.ANY) {
      map.put("from", attribute.where().name().toLowerCase(Locale.ROOT));
    }
    map.putAll(test(attribute.test()));
    return Map.of("attribute", map);
  }

  private static Map<String, Object> traceState(Condition.TraceStateEntry entry) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("key", entry.key());
    map.putAll(test(entry.test() == null ? ValueTest.EXISTS : entry.test()));
    return map;
  }

  /** A text alone where it must be equal to that, else a map. */
  private static Object text(ValueTest.Text test) {
    Map<String, Object> map = test(test);
    return map.getOrDefault("equals", map);
  }

  private static Map<String, Object> test(ValueTest test) {
    return switch (test) {
      case ValueTest.Exists exists -> Map.of("exists", true);
      case ValueTest.Flag flag -> Map.of("equals", flag.value());
      case ValueTest.Range range -> range(range);
      case ValueTest.In in ->
          in.values().size() == 1
              ? Map.of("equals", in.values().iterator().next())
              : Map.of("in", List.copyOf(new TreeSet<>(in.values())));
      case ValueTest.StartsWith starts -> Map.of("startsWith", starts.prefix());
      case ValueTest.EndsWith ends -> Map.of("endsWith", ends.suffix());
      case ValueTest.Contains contains -> Map.of("contains", contains.part());
      case ValueTest.Matches matches -> Map.of("matches", matches.pattern());
    };
  }

  private static Map<String, Object> range(ValueTest.Range range) {
    if (range.from() != null && range.equals(ValueTest.Range.equalTo(range.from()))) {
      return Map.of("equals", number(range.from()));
    }
    Map<String, Object> map = new LinkedHashMap<>();
    put(map, range.fromInclusive() ? "atLeast" : "moreThan", range.from());
    put(map, range.toInclusive() ? "atMost" : "lessThan", range.to());
    return map;
  }

  private static void put(Map<String, Object> map, String key, @Nullable BigDecimal bound) {
    if (bound != null) {
      map.put(key, number(bound));
    }
  }

  /** The plainest Java number that says the same. */
  private static Number number(BigDecimal number) {
    if (number.scale() <= 0 && number.precision() - number.scale() <= 18) {
      return number.longValueExact();
    }
    double nearest = number.doubleValue();
    return Double.isFinite(nearest) && BigDecimal.valueOf(nearest).compareTo(number) == 0
        ? nearest
        : number;
  }

  private static Object constants(Set<? extends Enum<?>> values) {
    List<String> names = values.stream().sorted(ConditionWriter::order).map(Enum::name).toList();
    return names.size() == 1 ? names.getFirst() : names;
  }

  private static int order(Enum<?> one, Enum<?> other) {
    return one.name().compareTo(other.name());
  }

  private static Map<String, Object> lasts(Condition.Lasts lasts) {
    if (lasts.atMost() == null) {
      return Map.of("slowerThan", Values.text(lasts.moreThan()));
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("moreThan", Values.text(lasts.moreThan()));
    map.put("atMost", Values.text(lasts.atMost()));
    return Map.of("duration", map);
  }

  private static Map<String, Object> bounds(long atLeast, long atMost, long none) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (atLeast > 0) {
      map.put("atLeast", atLeast);
    }
    if (atMost < none) {
      map.put("atMost", atMost);
    }
    return map;
  }
}
