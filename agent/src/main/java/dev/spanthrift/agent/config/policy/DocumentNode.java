package dev.spanthrift.agent.config.policy;

import dev.spanthrift.agent.config.settings.Probability;
import dev.spanthrift.agent.config.settings.Synonyms;
import dev.spanthrift.agent.config.settings.Values;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import dev.spanthrift.sampler.policy.document.PolicyWords;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A place in a document of maps, lists and scalars, that knows its JSON pointer. Reading never
 * throws: what is not as asked adds a problem and answers empty.
 */
record DocumentNode(String pointer, @Nullable Object value, List<PolicyProblem> problems) {
  static DocumentNode root(@Nullable Object value, List<PolicyProblem> problems) {
    return new DocumentNode("", value, problems);
  }

  void report(PolicyWords.Sentence what, PolicyWords.Sentence suggestion) {
    problems.add(PolicyProblem.of(pointer, what, suggestion));
  }

  /** Its value is what is wrong. */
  private void reportValue(PolicyWords.Sentence suggestion) {
    report(PolicyWords.THE_VALUE.with("value", shown()), suggestion);
  }

  private static PolicyWords.Sentence free(@Nullable String words) {
    return PolicyWords.FREE_WORDS.with("why", String.valueOf(words));
  }

  static PolicyWords.Sentence oneOf(Set<String> keys) {
    return PolicyWords.ONE_OF_KEYS.with("keys", list(keys));
  }

  private String shown() {
    String text = value instanceof String s ? '"' + s + '"' : String.valueOf(value);
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }

  DocumentNode child(String key) {
    Object child = value instanceof Map<?, ?> map ? map.get(key) : null;
    String escaped = key.replace("~", "~0").replace("/", "~1"); // RFC 6901
    return new DocumentNode(pointer + "/" + escaped, child, problems);
  }

  boolean has(String key) {
    return value instanceof Map<?, ?> map && map.containsKey(key);
  }

  boolean isMap() {
    return value instanceof Map;
  }

  boolean isText() {
    return value instanceof String;
  }

  /** The keys of a map that has no others than these. */
  Set<String> keys(Set<String> allowed) {
    if (!(value instanceof Map<?, ?> map)) {
      reportValue(PolicyWords.MAP_WITH.with("keys", list(allowed)));
      return new TreeSet<>();
    }
    Set<String> found = new TreeSet<>();
    for (Object key : map.keySet()) {
      if (key instanceof String known && allowed.contains(known)) {
        found.add(known);
      } else {
        DocumentNode unknown = child(String.valueOf(key));
        unknown.report(
            PolicyWords.KEY_UNKNOWN.with("key", String.valueOf(key)),
            free(Synonyms.suggestion(String.valueOf(key), unknown.value(), allowed)));
      }
    }
    return found;
  }

  /** The one key of a map that has exactly one, out of these. */
  Optional<String> oneKey(Set<String> allowed, PolicyWords.Sentence otherwise) {
    return oneKey(allowed, Set.of(), otherwise);
  }

  /** The same where others may stand beside it. */
  Optional<String> oneKey(Set<String> allowed, Set<String> beside, PolicyWords.Sentence otherwise) {
    int before = problems.size();
    Set<String> all = new TreeSet<>(allowed);
    all.addAll(beside);
    Set<String> found = keys(all);
    found.removeAll(beside);
    if (problems.size() > before) {
      return Optional.empty();
    }
    if (found.size() != 1) {
      report(
          found.isEmpty()
              ? PolicyWords.EMPTY.said()
              : PolicyWords.BOTH_KEYS.with("keys", list(found)),
          otherwise);
      return Optional.empty();
    }
    return Optional.of(found.iterator().next());
  }

  static String list(Set<String> keys) {
    return String.join(", ", new TreeSet<>(keys));
  }

  List<DocumentNode> elements() {
    if (!(value instanceof List<?> list)) {
      reportValue(PolicyWords.LIST_WANTED.said());
      return List.of();
    }
    List<DocumentNode> elements = new ArrayList<>();
    for (Object element : list) {
      elements.add(new DocumentNode(pointer + "/" + elements.size(), element, problems));
    }
    return elements;
  }

  /** One value or a list of them. */
  List<DocumentNode> oneOrMore() {
    return value instanceof List ? elements() : List.of(this);
  }

  Optional<String> text() {
    if (value instanceof String text) {
      return Optional.of(text);
    }
    reportValue(PolicyWords.TEXT_WANTED.said());
    return Optional.empty();
  }

  Optional<Boolean> flag() {
    if (value instanceof Boolean flag) {
      return Optional.of(flag);
    }
    reportValue(PolicyWords.FLAG_WANTED.said());
    return Optional.empty();
  }

  /** For keys that say all by standing there. */
  boolean isTrue() {
    Optional<Boolean> flag = flag();
    if (flag.isPresent() && !flag.get()) {
      reportValue(PolicyWords.TRUE_OR_NO_KEY.said());
    }
    return flag.orElse(false);
  }

  Optional<BigDecimal> number() {
    BigDecimal number = asNumber();
    if (number == null) {
      reportValue(PolicyWords.NUMBER_WANTED.said());
    }
    return Optional.ofNullable(number);
  }

  boolean isNumber() {
    return value instanceof Number;
  }

  private @Nullable BigDecimal asNumber() {
    return switch (value) {
      case Integer n -> BigDecimal.valueOf(n);
      case Long n -> BigDecimal.valueOf(n);
      case Double n when Double.isFinite(n) -> BigDecimal.valueOf(n);
      case BigInteger n -> new BigDecimal(n);
      case BigDecimal n -> n;
      case null, default -> null;
    };
  }

  /** A number of things: whole, from 0, below the limit. */
  Optional<Long> count(long limit) {
    BigDecimal number = asNumber();
    boolean fits =
        number != null
            && number.signum() >= 0
            && number.compareTo(BigDecimal.valueOf(limit)) <= 0
            && number.stripTrailingZeros().scale() <= 0;
    if (!fits) {
      reportValue(PolicyWords.WHOLE_NUMBER_WANTED.with("most", limit));
      return Optional.empty();
    }
    return Optional.of(Objects.requireNonNull(number).longValueExact());
  }

  /** A share, in any form that {@link Probability} reads. */
  Optional<Double> probability() {
    try {
      return Optional.of(Probability.parse(String.valueOf(value)).value());
    } catch (IllegalArgumentException e) {
      reportValue(free(e.getMessage()));
      return Optional.empty();
    }
  }

  Optional<Duration> duration() {
    try {
      return Optional.of(Values.duration(String.valueOf(value)));
    } catch (IllegalArgumentException e) {
      reportValue(free(e.getMessage()));
      return Optional.empty();
    }
  }

  <E extends Enum<E>> Optional<E> constant(Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (value instanceof String text && constant.name().equalsIgnoreCase(text)) {
        return Optional.of(constant);
      }
    }
    Set<String> names = new TreeSet<>();
    for (E constant : type.getEnumConstants()) {
      names.add(constant.name());
    }
    reportValue(oneOf(names));
    return Optional.empty();
  }
}
