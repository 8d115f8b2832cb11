package dev.spanthrift.agent.collector.refinery;

import dev.spanthrift.agent.collector.reading.KeyTable;
import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.reading.Words;
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
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Refinery's {@code rules.yaml}: rules in order, of which the first that matches decides; what none
 * matches is kept.
 *
 * <p>Draws by rate become probabilities, which are the same for a trace everywhere; the rates that
 * dynamic samplers give to each key are the budget's work here.
 */
public final class RefineryRules {
  private static final String DEFAULT = "__default__";
  private static final String RULES = "RulesBasedSampler";
  private static final String TABLE = "refinery ";
  private static final int NAME_MAX = 128;

  private final Remarks remarks;
  private final Place root;
  private final RefineryConditions conditions;

  public RefineryRules(Place root) {
    this.root = root;
    remarks = root.remarks();
    conditions = new RefineryConditions(remarks);
  }

  /**
   * The keys {@code policies} and {@code defaultProbability}.
   *
   * @param environment whose rules are read; null for those of all that have none of their own
   */
  public Map<String, Object> read(@Nullable String environment) {
    KeyTable.of("refinery").walk(root);
    if (root.child("RulesVersion").given() && root.child("RulesVersion").whole(2) != 2) {
      root.child("RulesVersion").wrong("version 2; Refinery's convert makes it of older ones");
    }
    Map<String, Place> samplers = root.child("Samplers").children();
    if (samplers.isEmpty()) {
      root.child("Samplers").wrong("at least " + DEFAULT);
      return Map.of();
    }
    String chosen = environment == null ? DEFAULT : environment;
    if (!samplers.containsKey(chosen)) {
      remarks.wrong(root.child("Samplers"), missing(environment, samplers.keySet()));
      return Map.of();
    }
    String others =
        new TreeSet<>(samplers.keySet())
            .stream().filter(name -> !name.equals(chosen)).collect(Collectors.joining(", "));
    if (!others.isEmpty()) {
      remarks.leftOut(
          root.child("Samplers"),
          "these are the rules of "
              + chosen
              + "; --environment chooses those of "
              + others
              + ", because OTLP has no API key that would tell them apart");
    }
    return document(root.child("Samplers").child(chosen));
  }

  private static String missing(@Nullable String environment, Set<String> known) {
    return environment == null
        ? "rules of " + DEFAULT + ", or --environment with one of " + String.join(", ", known)
        : "no rules of environment \"" + environment + "\"; " + Words.instead(environment, known);
  }

  private Map<String, Object> document(Place at) {
    List<Policy> policies = new ArrayList<>();
    Place rules = at.child(RULES);
    Action fallback = Action.KEEP;
    if (rules.exists()) {
      onlyOne(at);
      KeyTable.of(TABLE + RULES).walk(rules);
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

  private static void onlyOne(Place choice) {
    if (choice.children().size() > 1) {
      choice.wrong("one sampler, not " + String.join(" and ", choice.children().keySet()));
    }
  }

  private void rules(Place at, List<Policy> policies) {
    Set<String> names = new HashSet<>();
    for (Place rule : at.elements()) {
      KeyTable.of("refinery rule").walk(rule);
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
    return listed.given()
        ? conditions.read(listed, rule.child("Scope").text("trace").equals("span"))
        : Optional.of(Condition.ALWAYS);
  }

  /** A sampler goes before Drop, and Drop before SampleRate. */
  private Optional<Action> action(Place rule) {
    if (rule.child("Sampler").given()) {
      for (String ignored : List.of("Drop", "SampleRate")) {
        if (rule.child(ignored).given()) {
          remarks.note(rule.child(ignored), "is not asked, because the rule has a Sampler");
        }
      }
      return sampler(rule.child("Sampler"));
    }
    if (rule.child("Drop").flag(false)) {
      return Optional.of(Action.DROP);
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
    onlyOne(choice);
    for (Map.Entry<String, Place> entry : choice.children().entrySet()) {
      Place at = entry.getValue();
      KeyTable table = KeyTable.find(TABLE + entry.getKey());
      if (table == null || !entry.getKey().endsWith("Sampler")) {
        at.wrong("no such sampler; " + Words.instead(entry.getKey(), samplers()));
        return Optional.empty();
      }
      table.walk(at);
      return switch (entry.getKey()) {
        case "DeterministicSampler" -> Optional.of(rate(at.child("SampleRate").whole(1)));
        case "DynamicSampler" -> Optional.of(dynamic(at, at.child("SampleRate")));
        case "EMADynamicSampler" -> Optional.of(dynamic(at, at.child("GoalSampleRate")));
        case RULES -> {
          at.wrong("another sampler; rules do not stand in rules");
          yield Optional.empty();
        }
        default -> throughput(at);
      };
    }
    choice.wrong("a sampler");
    return Optional.empty();
  }

  private static Set<String> samplers() {
    return KeyTable.tables().stream()
        .map(KeyTable::name)
        .filter(name -> name.startsWith(TABLE) && name.endsWith("Sampler"))
        .map(name -> name.substring(TABLE.length()))
        .collect(Collectors.toSet());
  }

  private Action dynamic(Place at, Place rate) {
    remarks.differs(
        at,
        "keeps an even part; rates by "
            + at.child("FieldList").texts()
            + " are the budget's work: write budget true, and set a budget");
    return rate(rate.whole(rate.path().endsWith("GoalSampleRate") ? 10 : 1));
  }

  private Optional<Action> throughput(Place at) {
    long goal = at.child("GoalThroughputPerSec").whole(0);
    if (goal <= 0) {
      at.child("GoalThroughputPerSec").wrong("at least 1 span a second");
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
