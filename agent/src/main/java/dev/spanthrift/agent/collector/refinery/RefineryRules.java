package dev.spanthrift.agent.collector.refinery;

import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.config.policy.PolicyParser;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Refinery's {@code rules.yaml}: rules in order, of which the first that matches decides; what none
 * matches is kept.
 *
 * <p>Draws by rate become probabilities, which are the same for a trace everywhere; the rates that
 * dynamic samplers give to each key are the budget's work here.
 */
public final class RefineryRules {
  private static final String DEFAULT = "__default__";
  private static final int NAME_MAX = 128;

  private final Remarks remarks;
  private final Place root;
  private final RefineryConditions conditions;

  public RefineryRules(Place root) {
    this.root = root;
    remarks = root.remarks();
    conditions = new RefineryConditions(remarks);
  }

  /** The keys {@code policies} and {@code defaultProbability}. */
  public Map<String, Object> read() {
    root.expect(Set.of("RulesVersion", "Samplers"));
    Map<String, Place> samplers = root.child("Samplers").children();
    if (samplers.isEmpty()) {
      remarks.wrong(root.child("Samplers"), "at least " + DEFAULT);
      return Map.of();
    }
    String chosen = samplers.containsKey(DEFAULT) ? DEFAULT : samplers.keySet().iterator().next();
    samplers.forEach(
        (name, at) -> {
          if (!name.equals(chosen)) {
            remarks.lost(at, "environments are told apart by API key, which OTLP does not have");
          }
        });
    return document(root.child("Samplers").child(chosen));
  }

  private Map<String, Object> document(Place at) {
    List<Policy> policies = new ArrayList<>();
    Place rules = at.child("RulesBasedSampler");
    Action fallback = Action.KEEP;
    if (rules.exists()) {
      rules.expect(Set.of("Rules", "CheckNestedFields"));
      if (rules.child("CheckNestedFields").flag(false)) {
        remarks.lost(rules.child("CheckNestedFields"), "attributes are not looked into");
      }
      rules(rules.child("Rules"), policies);
    } else {
      fallback = sampler(at).orElse(Action.KEEP);
    }
    Map<String, Object> map = new LinkedHashMap<>();
    if (!(fallback instanceof Action.Keep || fallback instanceof Action.Probability)) {
      policies.add(new Policy("all", Condition.ALWAYS, fallback));
    }
    map.put("policies", PolicyParser.toMap(new PolicyDocument(policies, fallback)).get("policies"));
    map.put(
        "defaultProbability",
        fallback instanceof Action.Probability part ? part.probability() : 1.0);
    return map;
  }

  private void rules(Place at, List<Policy> policies) {
    Set<String> names = new HashSet<>();
    for (Place rule : at.elements()) {
      rule.expect(
          Set.of("Name", "SampleRate", "Drop", "Scope", "Conditions", "Sampler", "Summarize"));
      Optional<Condition> match = match(rule);
      Optional<Action> action = action(rule);
      if (match.isPresent() && action.isPresent()) {
        policies.add(new Policy(name(rule, names), match.get(), action.get()));
      }
    }
  }

  private static String name(Place rule, Set<String> names) {
    String given = rule.child("Name").text("").replaceAll("[\\x00-\\x1f]", " ").strip();
    String base = given.isEmpty() || given.equals("default") ? "rule" : given;
    base = base.substring(0, Math.min(NAME_MAX - 8, base.length()));
    String name = base;
    for (int i = 2; !names.add(name); i++) {
      name = base + " " + i;
    }
    return name;
  }

  private Optional<Condition> match(Place rule) {
    Place listed = rule.child("Conditions");
    if (!listed.given()) {
      return Optional.of(Condition.ALWAYS);
    }
    String scope = rule.child("Scope").text("trace");
    if (!scope.equals("trace") && !scope.equals("span")) {
      remarks.wrong(rule.child("Scope"), "trace or span");
    }
    return conditions.read(listed, scope.equals("span"));
  }

  private Optional<Action> action(Place rule) {
    if (rule.child("Drop").flag(false)) {
      return Optional.of(Action.DROP);
    }
    if (rule.child("Sampler").given()) {
      return sampler(rule.child("Sampler"));
    }
    return Optional.of(rate(rule.child("SampleRate").whole(0)));
  }

  /** One in so many; 0 keeps none. */
  private static Action rate(long rate) {
    if (rate <= 0) {
      return Action.DROP;
    }
    return rate == 1 ? Action.KEEP : new Action.Probability(1.0 / rate);
  }

  private Optional<Action> sampler(Place choice) {
    for (Map.Entry<String, Place> entry : choice.children().entrySet()) {
      Place at = entry.getValue();
      switch (entry.getKey()) {
        case "DeterministicSampler" -> {
          return Optional.of(rate(at.child("SampleRate").whole(1)));
        }
        case "DynamicSampler" -> {
          return Optional.of(dynamic(at, at.child("SampleRate")));
        }
        case "EMADynamicSampler" -> {
          return Optional.of(dynamic(at, at.child("GoalSampleRate")));
        }
        case "EMAThroughputSampler", "TotalThroughputSampler", "WindowedThroughputSampler" -> {
          return throughput(at);
        }
        default -> remarks.lost(at, "no such sampler is known");
      }
    }
    return Optional.empty();
  }

  private Action dynamic(Place at, Place rate) {
    remarks.differs(
        at,
        "keeps an even part; rates by "
            + at.child("FieldList").texts()
            + " are the budget's work: write budget true, and set a budget");
    return rate(rate.whole(1));
  }

  private Optional<Action> throughput(Place at) {
    long goal = at.child("GoalThroughputPerSec").whole(0);
    if (goal <= 0) {
      remarks.lost(at, "without GoalThroughputPerSec there is no limit to carry over");
      return Optional.empty();
    }
    remarks.differs(
        at,
        "one limit for this instance, spread evenly; rates by "
            + at.child("FieldList").texts()
            + " are the budget's work");
    return Optional.of(new Action.Rate(goal, Action.Unit.SPANS));
  }
}
