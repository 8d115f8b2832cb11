package dev.spanthrift.agent.control.recommendation;

import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.agent.control.recommendation.RuleChange.Verb;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.signal.OperationMeasures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which changes may be worth weighing; at most {@link #MAX}, by what was counted since start.
 *
 * <p>Errors that no rule keeps; operations that take much of the money and rarely fail; rules that
 * never matched; probabilities that keep much; and rules that keep, so that one sees what for.
 */
final class RuleChanges {
  static final int MAX = 8;
  private static final int OPERATIONS = 3;
  private static final long SEEN_ENOUGH = 10_000; // traces, before a rule is said never to match
  private static final double MUCH = 0.15; // of the kept bytes
  private static final double SELDOM = 0.02; // errors
  private static final double LESS = 4; // times
  private static final double LEAST = 0.01;

  private final PipelineView pipeline;
  private final PolicyVersion policy;
  private final List<Policy> rules;
  private final IntToLongFunction seenBefore;

  /**
   * @param seenBefore traces that had been seen when a rule came, by its place; 0 for one that the
   *     process began with
   */
  RuleChanges(PipelineView pipeline, PolicyVersion policy, IntToLongFunction seenBefore) {
    this.pipeline = pipeline;
    this.policy = policy;
    this.seenBefore = seenBefore;
    rules = policy.set().document().policies();
  }

  List<RuleChange> all() {
    return Stream.of(errors(), idle(), dear(), updates(), kept())
        .flatMap(List::stream)
        .limit(MAX)
        .toList();
  }

  private List<RuleChange> errors() {
    boolean known = rules.stream().anyMatch(rule -> !rule.shadow() && keepsErrors(rule));
    if (known) {
      return List.of();
    }
    ObjectNode rule = rule(fresh("errors"));
    rule.putObject("match").put("status", "ERROR");
    rule.put("keep", true);
    return List.of(
        new RuleChange(
            Verb.ADD, Note.of(NoteCode.ADD_ERRORS), Note.of(NoteCode.ADD_ERRORS_WHY), 0, rule));
  }

  private static boolean keepsErrors(Policy rule) {
    return rule.action().equals(Action.KEEP)
        && (rule.match() instanceof Condition.HasError
            || (rule.match() instanceof Condition.Status(var statuses)
                && statuses.contains(SpanStatus.ERROR)));
  }

  private List<RuleChange> idle() {
    List<PolicyCounts> counts = pipeline.policies();
    long all = seen(counts);
    List<RuleChange> idle = new ArrayList<>();
    for (int i = 0; i < rules.size() && i < counts.size(); i++) {
      PolicyCounts count = counts.get(i);
      long seen = all - seenBefore.applyAsLong(i);
      if (count.name().equals(rules.get(i).name())
          && count.matched().traces() == 0
          && seen >= SEEN_ENOUGH) {
        idle.add(
            new RuleChange(
                Verb.REMOVE,
                Note.of(NoteCode.REMOVE_RULE, "policy", count.name()),
                Note.of(NoteCode.REMOVE_RULE_WHY, "traces", seen),
                i,
                null));
      }
    }
    return idle;
  }

  /** Counts of a rule go on over versions of the policy that have it. */
  static long seen(List<PolicyCounts> counts) {
    return counts.stream().mapToLong(each -> each.matched().traces()).sum();
  }

  /** What takes much of the money is thinned, but for errors. */
  private List<RuleChange> dear() {
    List<KeptOperation> operations = pipeline.keptOperations();
    long bytes = operations.stream().mapToLong(KeptOperation::bytes).sum();
    return operations.stream()
        .filter(each -> each.bytes() > MUCH * bytes)
        .filter(each -> !each.operation().equals(OperationMeasures.OTHER))
        .filter(each -> !each.operation().startsWith("{}")) // nothing that a rule could ask for
        .filter(each -> each.errors() < SELDOM * each.spans())
        .filter(each -> each.count().estimate() > 0)
        .sorted(Comparator.comparingLong(KeptOperation::bytes).reversed())
        .limit(OPERATIONS)
        .map(each -> thinned(each, bytes))
        .toList();
  }

  private RuleChange thinned(KeptOperation operation, long bytes) {
    double share = Math.min(1, operation.spans() / operation.count().estimate());
    double probability = rounded(Math.max(LEAST, share / LESS));
    ObjectNode rule = rule(fresh("fewer-" + slug(operation.operation())));
    ArrayNode all = rule.putObject("match").putArray("all");
    all.addObject().put("service", operation.service());
    all.addObject().set("name", name(operation.operation()));
    all.addObject().putObject("not").put("status", "ERROR");
    rule.put("probability", probability);
    return new RuleChange(
        Verb.ADD,
        new Note(
            NoteCode.ADD_FEWER,
            Map.of("probability", probability, "operation", operation.operation())),
        new Note(
            NoteCode.ADD_FEWER_WHY,
            Map.of(
                "operation",
                operation.operation(),
                "service",
                operation.service(),
                "share",
                (double) operation.bytes() / bytes,
                "errorRate",
                (double) operation.errors() / Math.max(1, operation.spans()))),
        rules.size(),
        rule);
  }

  /** Numbers and ids are braces in the names of operations. */
  private static JsonNode name(String template) {
    int brace = template.indexOf("{}");
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (brace < 0) {
      return nodes.stringNode(template);
    }
    return nodes.objectNode().put("startsWith", template.substring(0, brace));
  }

  private List<RuleChange> updates() {
    List<PolicyCounts> counts = pipeline.policies();
    long kept = counts.stream().filter(c -> !c.shadow()).mapToLong(c -> c.kept().bytes()).sum();
    List<RuleChange> updates = new ArrayList<>();
    for (int i = 0; i < rules.size() && i < counts.size(); i++) {
      if (rules.get(i).action() instanceof Action.Probability(double probability)
          && !rules.get(i).shadow()
          && probability > LEAST
          && counts.get(i).kept().bytes() > MUCH * kept) {
        double less = rounded(Math.max(LEAST, probability / LESS));
        ObjectNode rule = (ObjectNode) policy.root().path("policies").path(i).deepCopy();
        rule.put("probability", less);
        updates.add(
            new RuleChange(
                Verb.UPDATE,
                new Note(
                    NoteCode.UPDATE_RULE,
                    Map.of("policy", rules.get(i).name(), "probability", less)),
                Note.of(NoteCode.UPDATE_RULE_WHY),
                i,
                rule));
      }
    }
    return updates;
  }

  private List<RuleChange> kept() {
    List<RuleChange> all = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).action().equals(Action.KEEP) && !rules.get(i).shadow()) {
        all.add(
            new RuleChange(
                Verb.KEEP,
                Note.of(NoteCode.KEEP_RULE, "policy", rules.get(i).name()),
                Note.of(NoteCode.KEEP_RULE_WHY),
                i,
                policy.root().path("policies").path(i)));
      }
    }
    return all;
  }

  private static ObjectNode rule(String name) {
    return JsonNodeFactory.instance.objectNode().put("name", name);
  }

  private String fresh(String wanted) {
    String name = wanted;
    for (int i = 2; isTaken(name); i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  private boolean isTaken(String name) {
    return rules.stream().anyMatch(rule -> rule.name().equals(name));
  }

  private static String slug(String name) {
    String slug = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String short40 = slug.length() > 40 ? slug.substring(0, 40) : slug;
    return short40.replaceAll("^-|-$", "");
  }

  private static double rounded(double probability) {
    double scale = Math.pow(10, 1 - Math.floor(Math.log10(probability)));
    return Math.round(probability * scale) / scale;
  }
}
