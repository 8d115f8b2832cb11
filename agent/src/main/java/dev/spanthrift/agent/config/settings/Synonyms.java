package dev.spanthrift.agent.config.settings;

import dev.spanthrift.agent.config.yaml.Suggestions;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Words from elsewhere, and what is right here in their place; a typo where there is none. */
public final class Synonyms {
  /** The keys of a policy document. */
  public static final Set<String> POLICY_DOCUMENT = Set.of("policies", "default");

  private static final int SHOWN_MAX = 40;

  /**
   * Words that people bring with them, without case and separators, and what is right here; % is
   * the value. Each is offered only where its first word is a key.
   */
  private static final Map<String, String[]> SYNONYMS =
      Map.ofEntries(
          Map.entry("defaultprobability", words("default: {probability: %}")),
          Map.entry("defaultprob", words("default: {probability: %}", "defaultProbability")),
          Map.entry("defaultrate", words("default: {probability: %}", "defaultProbability")),
          Map.entry("defaultaction", words("default: {%: true}")),
          Map.entry("fallback", words("default", "defaultProbability")),
          Map.entry("default", words("defaultProbability: 0.1, without a section")),
          Map.entry("rules", words("policies")),
          Map.entry("samplers", words("policies")),
          Map.entry("budget", words("budgets: a list, such as [{amount: 300, period: month}]")),
          Map.entry("exporters", words("destinations")),
          Map.entry("endpoint", words("destinations: [{endpoint: %}]")),
          Map.entry("receivers", words("listen")),
          Map.entry("decisionwait", words("hold: {decisionWait: %}")),
          Map.entry("if", words("match")),
          Map.entry("when", words("match")),
          Map.entry("where", words("match")),
          Map.entry("condition", words("match")),
          Map.entry("conditions", words("match")),
          Map.entry("type", words("match, one condition, and an action such as keep: true")),
          Map.entry("action", words("keep: true, drop: true, probability: 0.1, or another action")),
          Map.entry("sample", words("probability: %")),
          Map.entry("samplingpercentage", words("probability: 0.1, a share")),
          Map.entry("percentage", words("probability: 0.1, a share")),
          Map.entry("ratelimit", words("rate: {tracesPerSecond: %}")),
          Map.entry("ratelimiting", words("rate: {tracesPerSecond: %}")),
          Map.entry("tracespersecond", words("rate: {tracesPerSecond: %}")),
          Map.entry("spanspersecond", words("rate: {spansPerSecond: %}")),
          Map.entry("always", words("keep: true")),
          Map.entry("exclude", words("drop: true")),
          Map.entry("latency", words("slowerThan: 1s")),
          Map.entry("slow", words("slowerThan: 1s")),
          Map.entry("longerthan", words("slowerThan: %")),
          Map.entry("thresholdms", words("slowerThan: %ms")),
          Map.entry("error", words("status: ERROR")),
          Map.entry("statuscode", words("status: ERROR")),
          Map.entry("servicename", words("service: %")),
          Map.entry("operation", words("name: %")),
          Map.entry("spanname", words("name: %")),
          Map.entry("tag", words("attribute: {key: http.route, equals: /checkout}")),
          Map.entry("attributes", words("attribute: {key: http.route, equals: /checkout}")),
          Map.entry("regex", words("matches: %")),
          Map.entry("prefix", words("startsWith: %")),
          Map.entry("suffix", words("endsWith: %")),
          Map.entry("value", words("equals: %")),
          Map.entry("values", words("in: %")),
          Map.entry("min", words("atLeast: %")),
          Map.entry("max", words("atMost: %")),
          Map.entry("and", words("all: a list of conditions")),
          Map.entry("or", words("any: a list of conditions")));

  private Synonyms() {}

  private static String[] words(String... words) {
    return words;
  }

  /** What would be right in place of an unknown key among these, for people. */
  public static String suggestion(String unknown, @Nullable Object value, Set<String> known) {
    String all = "one of " + String.join(", ", new TreeSet<>(known));
    if (unknown.equals("defaultProbability") && known.contains("default") && isZero(value)) {
      return "did you mean default: {drop: true}? Known here: " + all.substring(7);
    }
    if (known.equals(POLICY_DOCUMENT) && isOfConfiguration(unknown)) {
      return "leave it out: it belongs in the configuration, not among policies; " + all;
    }
    return synonym(unknown, value, known)
        .or(() -> Suggestions.nearest(unknown, known))
        .map(right -> "did you mean " + right + "? Known here: " + all.substring(7))
        .orElse(all);
  }

  private static boolean isZero(@Nullable Object value) {
    return value instanceof Number number && number.doubleValue() == 0;
  }

  private static boolean isOfConfiguration(String key) {
    return !SYNONYMS.containsKey(key.toLowerCase(Locale.ROOT)) && Keys.all().contains(key);
  }

  /** By meaning. */
  static Optional<String> synonym(String unknown, @Nullable Object value, Set<String> known) {
    String word = unknown.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    for (String right : SYNONYMS.getOrDefault(word, new String[0])) {
      if (known.contains(right.split("[:, ]", 2)[0])) {
        return Optional.of(right.replace("%", shown(value)));
      }
    }
    return Optional.empty();
  }

  private static String shown(@Nullable Object value) {
    String text = String.valueOf(value);
    boolean plain = !(value instanceof Map || value instanceof Collection) && value != null;
    return plain && !text.isEmpty() && text.length() <= SHOWN_MAX ? text : "…";
  }
}
