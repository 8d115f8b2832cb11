package dev.spanthrift.agent.config.policy;

import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.settings.Synonyms;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import dev.spanthrift.sampler.policy.document.PolicyWords;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Policy documents as YAML and JSON have them, to records and back.
 *
 * <pre>
 * policies:
 *   - {name: errors, match: {status: ERROR}, keep: true}
 *   - {name: noisy, match: {service: cart}, rate: {tracesPerSecond: 5}, shadow: true}
 * default: {probability: 0.1}
 * </pre>
 *
 * <p>Actions: {@code keep: true}, {@code drop: true}, {@code probability: p}, {@code rate:
 * {tracesPerSecond: n}} or {@code {spansPerSecond: n}}, either with {@code per: sidecar} or {@code
 * per: fleet}, {@code weight: w}, {@code budget: true}. Without {@code match} a policy matches all.
 * Conditions: {@link ConditionParser}. Reading says all that is not in this form; what is in form
 * but makes no sense is found by {@link dev.spanthrift.sampler.policy.PolicySet#compile}, with
 * pointers into the same document.
 */
public final class PolicyParser {
  static final Set<String> ACTIONS =
      Set.of("keep", "drop", "probability", "rate", "weight", "budget");
  private static final Set<String> RATES = Set.of("tracesPerSecond", "spansPerSecond");
  static final Set<String> POLICY_KEYS =
      Set.of("name", "match", "shadow", "keep", "drop", "probability", "rate", "weight", "budget");

  private PolicyParser() {}

  /**
   * Reads a document of the keys {@code policies} and {@code default}; both may be missing.
   *
   * @throws InvalidPolicyException with everything that is not in the form
   */
  public static PolicyDocument parse(Map<String, ?> document) {
    List<PolicyProblem> problems = new ArrayList<>();
    DocumentNode root = DocumentNode.root(document, problems);
    Set<String> keys = root.keys(Synonyms.POLICY_DOCUMENT);
    List<Policy> policies = new ArrayList<>();
    if (keys.contains("policies")) {
      root.child("policies").elements().forEach(element -> policies.add(policy(element)));
    }
    Action fallback = keys.contains("default") ? fallback(root.child("default")) : Action.BUDGET;
    if (!problems.isEmpty()) {
      throw new InvalidPolicyException(problems);
    }
    return new PolicyDocument(policies, fallback);
  }

  /**
   * Reads the policies of the settings, as {@code run} decides by them.
   *
   * @throws InvalidPolicyException with everything that is not in the form
   */
  public static PolicyDocument parse(SpanthriftSettings settings) {
    return parse(document(settings, !settings.budgets().isEmpty()));
  }

  /**
   * The document that the settings stand for, with their default probability as the fallback.
   *
   * @param budgeted whether there is a budget, which then takes what no policy matches
   */
  public static Map<String, Object> document(SpanthriftSettings settings, boolean budgeted) {
    Action fallback = DefaultRule.of(settings.defaultProbability(), budgeted);
    return Map.of("policies", settings.policies(), "default", toMap(fallback));
  }

  private static Policy policy(DocumentNode node) {
    Set<String> keys = node.keys(POLICY_KEYS);
    String name = "";
    if (keys.contains("name")) {
      name = node.child("name").text().orElse("");
    } else if (node.isMap()) {
      node.child("name").report(PolicyWords.NO_NAME.said(), PolicyWords.UNIQUE_NAME.said());
    }
    Condition match =
        keys.contains("match") ? ConditionParser.parse(node.child("match")) : Condition.ALWAYS;
    boolean shadow = keys.contains("shadow") && node.child("shadow").flag().orElse(false);
    Action action = node.isMap() ? action(node, keys).orElse(Action.BUDGET) : Action.BUDGET;
    return new Policy(name, match, action, shadow);
  }

  private static Action fallback(DocumentNode node) {
    Set<String> keys = node.keys(ACTIONS);
    return node.isMap() ? action(node, keys).orElse(Action.BUDGET) : Action.BUDGET;
  }

  private static Optional<Action> action(DocumentNode node, Set<String> keys) {
    List<String> actions = keys.stream().filter(ACTIONS::contains).toList();
    if (actions.size() != 1) {
      node.report(
          actions.isEmpty()
              ? PolicyWords.NO_ACTION.said()
              : PolicyWords.SEVERAL_ACTIONS.with("keys", String.join(", ", actions)),
          DocumentNode.oneOf(ACTIONS));
      return Optional.empty();
    }
    String key = actions.getFirst();
    DocumentNode at = node.child(key);
    return switch (key) {
      case "keep" -> only(at, Action.KEEP);
      case "drop" -> only(at, Action.DROP);
      case "budget" -> only(at, Action.BUDGET);
      case "probability" -> at.probability().map(Action.Probability::new);
      case "weight" -> at.number().map(number -> new Action.Weight(number.doubleValue()));
      default -> rate(at);
    };
  }

  private static Optional<Action> only(DocumentNode at, Action action) {
    return at.isTrue() ? Optional.of(action) : Optional.empty();
  }

  private static Optional<Action> rate(DocumentNode at) {
    Optional<Action.Per> per =
        at.has("per")
            ? at.child("per").constant(Action.Per.class)
            : Optional.of(Action.Per.SIDECAR);
    return at.oneKey(RATES, Set.of("per"), PolicyWords.ONE_RATE.said())
        .flatMap(key -> per.flatMap(whose -> rate(at, key, whose)));
  }

  private static Optional<Action> rate(DocumentNode at, String key, Action.Per whose) {
    Action.Unit unit = key.equals("spansPerSecond") ? Action.Unit.SPANS : Action.Unit.TRACES;
    return at.child(key).number().map(n -> new Action.Rate(n.doubleValue(), unit, whose));
  }

  /** The document in the form that {@link #parse(Map)} reads. */
  public static Map<String, Object> toMap(PolicyDocument document) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("policies", document.policies().stream().map(PolicyParser::toMap).toList());
    map.put("default", toMap(document.fallback()));
    return map;
  }

  private static Map<String, Object> toMap(Policy policy) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", policy.name());
    if (!policy.match().equals(Condition.ALWAYS)) {
      map.put("match", ConditionWriter.toMap(policy.match()));
    }
    map.putAll(toMap(policy.action()));
    if (policy.shadow()) {
      map.put("shadow", true);
    }
    return map;
  }

  static Map<String, Object> toMap(Action action) {
    return switch (action) {
      case Action.Keep keep -> Map.of("keep", true);
      case Action.Drop drop -> Map.of("drop", true);
      case Action.Budget budget -> Map.of("budget", true);
      case Action.Probability fixed -> Map.of("probability", fixed.probability());
      case Action.Weight weight -> Map.of("weight", weight.weight());
      case Action.Rate rate -> {
        String unit = rate.unit() == Action.Unit.SPANS ? "spansPerSecond" : "tracesPerSecond";
        Map<String, Object> limit = new LinkedHashMap<>(Map.of(unit, rate.perSecond()));
        if (rate.per() == Action.Per.FLEET) {
          limit.put("per", "fleet");
        }
        yield Map.of("rate", limit);
      }
    };
  }
}
