package dev.spanthrift.agent.config.policy;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.PolicyWords;
import dev.spanthrift.sampler.policy.document.SpanKind;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a condition: a map with one key.
 *
 * <pre>
 * all: [ … ]   any: [ … ]   not: …   sameSpan: [ … ]
 * attribute: {key: K, from: resource | scope | span | event, TEST}      everywhere without from
 * service: TEXT    name: TEXT    event: TEXT    traceState: {key: K, TEST}
 * kind: SERVER | [SERVER, …]     status: ERROR | [ERROR, …]
 * slowerThan: 1s   duration: {moreThan: 1s, atMost: 5s}
 * root: true, of a span without a parent
 * spanCount: {atLeast: 2, atMost: 9}    bytes: {atLeast: 1000}    hasError: true    hasRootSpan: true
 *
 * TEXT  "exactly this" | {TEST}
 * TEST  equals: … | in: [ … ] | startsWith: … | endsWith: … | contains: … | matches: RE2 |
 *       exists: true | atLeast, moreThan, atMost, lessThan: numbers
 * </pre>
 *
 * What cannot be read becomes {@link Condition#ALWAYS} and a problem.
 */
final class ConditionParser {
  static final String SERVICE_NAME = "service.name";
  static final Set<String> CONDITIONS =
      Set.of(
          "all",
          "any",
          "not",
          "sameSpan",
          "attribute",
          "service",
          "name",
          "event",
          "traceState",
          "kind",
          "status",
          "slowerThan",
          "duration",
          "spanCount",
          "bytes",
          "hasError",
          "hasRootSpan",
          "root");
  private static final Set<String> TEXT_TESTS =
      Set.of("equals", "in", "startsWith", "endsWith", "contains", "matches");
  private static final Set<String> BOUNDS = Set.of("atLeast", "moreThan", "atMost", "lessThan");
  static final Set<String> TESTS = union(TEXT_TESTS, BOUNDS, Set.of("exists"));

  private ConditionParser() {}

  @SafeVarargs
  private static Set<String> union(Set<String>... sets) {
    Set<String> all = new HashSet<>();
    for (Set<String> set : sets) {
      all.addAll(set);
    }
    return Set.copyOf(all);
  }

  static Condition parse(DocumentNode node) {
    String key = node.oneKey(CONDITIONS, PolicyWords.ONE_CONDITION.said()).orElse("");
    DocumentNode at = node.child(key);
    return switch (key) {
      case "all" -> new Condition.All(list(at));
      case "any" -> new Condition.Any(list(at));
      case "not" -> new Condition.Not(parse(at));
      case "sameSpan" -> new Condition.SameSpan(list(at));
      case "attribute" -> attribute(at);
      case "service" -> service(at);
      case "name" -> or(textTest(at).map(Condition.Name::new));
      case "event" -> or(textTest(at).map(Condition.EventName::new));
      case "traceState" -> traceState(at);
      case "kind" -> new Condition.Kind(constants(at, SpanKind.class));
      case "status" -> new Condition.Status(constants(at, SpanStatus.class));
      case "slowerThan" -> or(at.duration().map(Condition.Lasts::moreThan));
      case "duration" -> duration(at);
      case "spanCount" -> spanCount(at);
      case "bytes" -> bytes(at);
      case "hasError" -> flag(at, new Condition.HasError());
      case "hasRootSpan" -> flag(at, new Condition.HasRootSpan());
      case "root" -> flag(at, new Condition.Root());
      default -> Condition.ALWAYS;
    };
  }

  private static Condition or(Optional<? extends Condition> condition) {
    return condition.isPresent() ? condition.get() : Condition.ALWAYS;
  }

  private static List<Condition> list(DocumentNode at) {
    List<Condition> conditions = new ArrayList<>();
    at.elements().forEach(element -> conditions.add(parse(element)));
    return conditions;
  }

  private static Condition flag(DocumentNode at, Condition condition) {
    return at.flag().orElse(true) ? condition : new Condition.Not(condition);
  }

  private static Condition attribute(DocumentNode at) {
    Set<String> keys = at.keys(union(TESTS, Set.of("key", "from")));
    String key =
        keys.contains("key") ? at.child("key").text().orElse("") : missing(at, "key: http.route");
    Where where =
        keys.contains("from")
            ? at.child("from").constant(Where.class).orElse(Where.ANY)
            : Where.ANY;
    Condition exists = new Condition.Attribute(where, key, ValueTest.EXISTS);
    if (isExistsFalse(at)) {
      return new Condition.Not(exists);
    }
    return valueTest(at, keys)
        .<Condition>map(test -> new Condition.Attribute(where, key, test))
        .orElse(exists);
  }

  private static String missing(DocumentNode at, String example) {
    at.report(PolicyWords.SOMETHING_MISSING.said(), PolicyWords.THE_VALUE.with("value", example));
    return "";
  }

  private static boolean isExistsFalse(DocumentNode at) {
    return Boolean.FALSE.equals(at.child("exists").value());
  }

  private static Condition service(DocumentNode at) {
    return or(
        textTest(at).map(test -> new Condition.Attribute(Where.RESOURCE, SERVICE_NAME, test)));
  }

  private static Condition traceState(DocumentNode at) {
    Set<String> keys = at.keys(union(TEXT_TESTS, Set.of("key", "exists")));
    String key =
        keys.contains("key") ? at.child("key").text().orElse("") : missing(at, "key: vendor");
    Condition exists = new Condition.TraceStateEntry(key, null);
    if (isExistsFalse(at)) {
      return new Condition.Not(exists);
    }
    Optional<ValueTest> test = valueTest(at, keys);
    return test.isPresent() && test.get() instanceof ValueTest.Text text
        ? new Condition.TraceStateEntry(key, text)
        : exists;
  }

  private static Optional<ValueTest.Text> textTest(DocumentNode at) {
    if (at.isText()) {
      return at.text().map(ValueTest.In::of);
    }
    return at.oneKey(TEXT_TESTS, DocumentNode.oneOf(TEXT_TESTS))
        .flatMap(key -> textTest(key, at.child(key)));
  }

  private static Optional<ValueTest.Text> textTest(String key, DocumentNode at) {
    return switch (key) {
      case "in" -> Optional.of(new ValueTest.In(texts(at)));
      case "startsWith" -> at.text().map(ValueTest.StartsWith::new);
      case "endsWith" -> at.text().map(ValueTest.EndsWith::new);
      case "contains" -> at.text().map(ValueTest.Contains::new);
      case "matches" -> at.text().map(ValueTest.Matches::new);
      default -> at.text().map(ValueTest.In::of);
    };
  }

  private static Set<String> texts(DocumentNode at) {
    Set<String> texts = new TreeSet<>();
    at.elements().forEach(element -> element.text().ifPresent(texts::add));
    return texts;
  }

  /** The test among an attribute's keys: exactly one, or bounds. */
  private static Optional<ValueTest> valueTest(DocumentNode at, Set<String> keys) {
    Set<String> tests = new TreeSet<>(keys);
    tests.retainAll(TESTS);
    if (!tests.isEmpty() && BOUNDS.containsAll(tests)) {
      return range(at, tests);
    }
    if (tests.size() != 1) {
      at.report(
          tests.isEmpty()
              ? PolicyWords.NO_TEST.said()
              : PolicyWords.BOTH_KEYS.with("keys", DocumentNode.list(tests)),
          DocumentNode.oneOf(TESTS));
      return Optional.empty();
    }
    String key = tests.iterator().next();
    DocumentNode value = at.child(key);
    if (key.equals("exists")) {
      value.isTrue();
      return Optional.of(ValueTest.EXISTS);
    }
    return key.equals("equals") ? equalTo(value) : textTest(key, value).map(test -> test);
  }

  private static Optional<ValueTest> equalTo(DocumentNode at) {
    if (at.value() instanceof Boolean flag) {
      return Optional.of(new ValueTest.Flag(flag));
    }
    if (at.isNumber()) {
      return at.number().map(ValueTest.Range::equalTo);
    }
    return at.text().map(ValueTest.In::of);
  }

  private static Optional<ValueTest> range(DocumentNode at, Set<String> bounds) {
    if (bounds.containsAll(Set.of("atLeast", "moreThan"))
        || bounds.containsAll(Set.of("atMost", "lessThan"))) {
      at.report(PolicyWords.TWO_BOUNDS.said(), PolicyWords.ONE_OF_THEM.said());
      return Optional.empty();
    }
    return Optional.of(
        new ValueTest.Range(
            bound(at, bounds, "atLeast", "moreThan"),
            bounds.contains("atLeast"),
            bound(at, bounds, "atMost", "lessThan"),
            bounds.contains("atMost")));
  }

  private static @Nullable BigDecimal bound(
      DocumentNode at, Set<String> bounds, String inclusive, String exclusive) {
    String key = bounds.contains(inclusive) ? inclusive : exclusive;
    return bounds.contains(key) ? at.child(key).number().orElse(null) : null;
  }

  private static <E extends Enum<E>> Set<E> constants(DocumentNode at, Class<E> type) {
    Set<E> constants = EnumSet.noneOf(type);
    int before = at.problems().size();
    at.oneOrMore().forEach(element -> element.constant(type).ifPresent(constants::add));
    boolean refused = at.problems().size() > before;
    return refused ? EnumSet.allOf(type) : constants;
  }

  private static Condition duration(DocumentNode at) {
    Set<String> keys = at.keys(Set.of("moreThan", "atMost"));
    Duration moreThan = Duration.ZERO;
    if (keys.contains("moreThan")) {
      moreThan = at.child("moreThan").duration().orElse(Duration.ZERO);
    }
    Duration atMost = keys.contains("atMost") ? at.child("atMost").duration().orElse(null) : null;
    return new Condition.Lasts(moreThan, atMost);
  }

  private static Condition spanCount(DocumentNode at) {
    Set<String> keys = at.keys(Set.of("atLeast", "atMost"));
    return new Condition.SpanCount(
        (int) count(at, keys, "atLeast", 0, Integer.MAX_VALUE),
        (int) count(at, keys, "atMost", Integer.MAX_VALUE, Integer.MAX_VALUE));
  }

  private static Condition bytes(DocumentNode at) {
    Set<String> keys = at.keys(Set.of("atLeast", "atMost"));
    return new Condition.Bytes(
        count(at, keys, "atLeast", 0, Long.MAX_VALUE),
        count(at, keys, "atMost", Long.MAX_VALUE, Long.MAX_VALUE));
  }

  private static long count(
      DocumentNode at, Set<String> keys, String key, long otherwise, long limit) {
    return keys.contains(key) ? at.child(key).count(limit).orElse(otherwise) : otherwise;
  }
}
