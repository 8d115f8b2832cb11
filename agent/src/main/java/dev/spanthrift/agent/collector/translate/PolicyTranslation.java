package dev.spanthrift.agent.collector.translate;

import dev.spanthrift.agent.collector.file.ComponentId;
import dev.spanthrift.agent.collector.reading.Conditions;
import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.tail.CollectorPolicy;
import dev.spanthrift.agent.collector.tail.ProbabilisticSampler;
import dev.spanthrift.agent.collector.tail.SamplingStage;
import dev.spanthrift.agent.collector.tail.TailSampling;
import dev.spanthrift.agent.config.policy.PolicyParser;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns votes into rules of which the first that matches decides.
 *
 * <p>Drops come first. A trace that any policy keeps is kept, so those that keep for certain come
 * next, then those that keep a part, the largest part first: the draws of one salt are nested, as
 * ours are. Limits come last. What nobody keeps is dropped.
 */
final class PolicyTranslation {
  private final Remarks remarks;
  private final Place root;
  private final List<Policy> drops = new ArrayList<>();
  private final List<Policy> keeps = new ArrayList<>();
  private final List<Policy> parts = new ArrayList<>();
  private final List<Policy> limits = new ArrayList<>();
  private double sampled = 1; // by probabilistic_sampler

  PolicyTranslation(Remarks remarks, Place root) {
    this.remarks = remarks;
    this.root = root.child("processors");
  }

  /** The keys {@code policies} and {@code defaultProbability}. */
  Map<String, Object> translate(List<SamplingStage> stages) {
    boolean tail = false;
    for (SamplingStage stage : stages) {
      switch (stage) {
        case ProbabilisticSampler sampler -> sampled *= sampler.percentage() / 100.0;
        case TailSampling sampling -> {
          tail = true;
          tail(sampling);
        }
      }
    }
    if (tail && sampled < 1) {
      remarks.leftOut(root, "probabilistic_sampler before tail_sampling: use one of them");
    }
    double otherwise = tail ? 0 : sampled;
    List<Policy> policies = new ArrayList<>(drops);
    policies.addAll(keeps);
    policies.addAll(parts.stream().sorted(Comparator.comparingDouble(p -> -part(p))).toList());
    policies.addAll(limits);
    Map<String, Object> map = new LinkedHashMap<>();
    Object written =
        PolicyParser.toMap(new PolicyDocument(unshadowed(policies), Action.DROP)).get("policies");
    map.put("policies", written == null ? List.of() : written);
    map.put("defaultProbability", otherwise);
    return map;
  }

  private static double part(Policy policy) {
    return policy.action() instanceof Action.Probability fixed ? fixed.probability() : 1;
  }

  /** What stands behind a rule that matches everything would never be asked. */
  private List<Policy> unshadowed(List<Policy> policies) {
    for (int i = 0; i < policies.size(); i++) {
      if (policies.get(i).match().equals(Condition.ALWAYS)) {
        for (Policy behind : policies.subList(i + 1, policies.size())) {
          remarks.leftOut(
              policyAt(behind.name()),
              policies.get(i).name() + " matches every trace and decides before it");
        }
        return policies.subList(0, i + 1);
      }
    }
    return policies;
  }

  private Place policyAt(String name) {
    for (Map.Entry<String, Place> processor : root.children().entrySet()) {
      if (ComponentId.type(processor.getKey()).equals("tail_sampling")) {
        for (Place element : processor.getValue().child("policies").elements()) {
          if (element.child("name").text("").equals(name)) {
            return element;
          }
        }
      }
    }
    return root;
  }

  private void tail(TailSampling sampling) {
    if (sampling.traceBytesMax() > 0) {
      drops.add(
          new Policy(
              "maximum_trace_size_bytes",
              new Condition.Bytes(sampling.traceBytesMax() + 1, Long.MAX_VALUE),
              Action.DROP));
    }
    for (TailSampling.Named named : sampling.policies()) {
      add(named.name(), new Rule(Condition.ALWAYS, Action.KEEP), named.policy());
    }
  }

  /** What a policy says so far: where it matches, and how much of that it keeps. */
  private record Rule(Condition match, Action action) {
    Rule where(Condition condition) {
      if (match.equals(Condition.ALWAYS)) {
        return new Rule(condition, action);
      }
      return condition.equals(Condition.ALWAYS)
          ? this
          : new Rule(Condition.All.of(match, condition), action);
    }

    boolean isCertain() {
      return action instanceof Action.Keep;
    }
  }

  private void add(String name, Rule before, CollectorPolicy policy) {
    switch (policy) {
      case CollectorPolicy.Drop drop -> drop(name, drop);
      case CollectorPolicy.Composite composite -> composite(name, before, composite);
      default -> {
        Rule rule = join(name, before, policy);
        if (rule != null) {
          file(new Policy(name, rule.match(), rule.action()));
        }
      }
    }
  }

  private void file(Policy policy) {
    switch (policy.action()) {
      case Action.Probability fixed -> parts.add(policy);
      case Action.Rate rate -> limits.add(policy);
      default -> keeps.add(policy);
    }
  }

  private void drop(String name, CollectorPolicy.Drop drop) {
    Rule rule = new Rule(Condition.ALWAYS, Action.KEEP);
    for (CollectorPolicy sub : drop.policies()) {
      rule = rule == null ? null : join(name, rule, sub);
    }
    if (rule == null || !rule.isCertain()) {
      remarks.leftOut(policyAt(name), "only what is certain can be dropped by a rule");
    } else {
      drops.add(new Policy(name, rule.match(), Action.DROP));
    }
  }

  /** The rule with one more policy that must also say yes; null when it cannot be said. */
  private @org.jspecify.annotations.Nullable Rule join(
      String name, Rule rule, CollectorPolicy policy) {
    return switch (policy) {
      case CollectorPolicy.AlwaysSample always -> rule;
      case CollectorPolicy.Filter filter ->
          rule.where(filter.invert() ? Conditions.not(filter.condition()) : filter.condition());
      case CollectorPolicy.Latency latency -> rule.where(lasts(latency));
      case CollectorPolicy.Not not -> negated(name, rule, not.policy());
      case CollectorPolicy.And and -> {
        Rule joined = rule;
        for (CollectorPolicy sub : and.policies()) {
          joined = joined == null ? null : join(name, joined, sub);
        }
        yield joined;
      }
      case CollectorPolicy.Probabilistic part -> probabilistic(name, rule, part);
      case CollectorPolicy.Limit limit -> limit(name, rule, limit);
      case CollectorPolicy.OttlCondition ottl -> null; // read as a filter when to be written
      case CollectorPolicy.Composite inner -> null;
      case CollectorPolicy.Drop inner -> null;
    };
  }

  /** Whole milliseconds above the threshold are at least one more than it. */
  private static Condition lasts(CollectorPolicy.Latency latency) {
    Duration upper = latency.upperMs() > 0 ? Duration.ofMillis(latency.upperMs()) : null;
    return new Condition.Lasts(Duration.ofMillis(latency.thresholdMs()), upper);
  }

  private @org.jspecify.annotations.Nullable Rule negated(
      String name, Rule rule, CollectorPolicy policy) {
    Rule inner = join(name, new Rule(Condition.ALWAYS, Action.KEEP), policy);
    if (inner == null) {
      return null;
    }
    return switch (inner.action()) {
      case Action.Keep keep -> rule.where(Conditions.not(inner.match()));
      case Action.Probability part when inner.match().equals(Condition.ALWAYS) ->
          combined(name, rule, new Action.Probability(1 - part.probability()));
      default -> {
        remarks.leftOut(policyAt(name), "the opposite of a limit");
        yield null;
      }
    };
  }

  private @org.jspecify.annotations.Nullable Rule probabilistic(
      String name, Rule rule, CollectorPolicy.Probabilistic part) {
    double p = part.percentage() / 100;
    if (p >= 1) {
      return rule;
    }
    return p <= 0 ? rule.where(Conditions.NEVER) : combined(name, rule, new Action.Probability(p));
  }

  private @org.jspecify.annotations.Nullable Rule limit(
      String name, Rule rule, CollectorPolicy.Limit limit) {
    if (limit.unit() == CollectorPolicy.Unit.BYTES) {
      remarks.leftOut(policyAt(name), "limits of bytes; set a budget in their place");
      return null;
    }
    if (limit.perSecond() <= 0) {
      return rule.where(Conditions.NEVER);
    }
    remarks.differs(
        policyAt(name), "keeps an even part of what is above the limit, not the first that comes");
    return combined(name, rule, new Action.Rate(limit.perSecond(), Action.Unit.SPANS));
  }

  /** One action for a rule: two parts of the same draw are the smaller one. */
  private @org.jspecify.annotations.Nullable Rule combined(String name, Rule rule, Action action) {
    if (rule.isCertain()) {
      return new Rule(rule.match(), action);
    }
    if (rule.action() instanceof Action.Probability a && action instanceof Action.Probability b) {
      return new Rule(
          rule.match(), new Action.Probability(Math.min(a.probability(), b.probability())));
    }
    remarks.leftOut(policyAt(name), "a rule has one action, not both a part and a limit");
    return null;
  }

  /** The first part that matches decides within its allocation. */
  private void composite(String name, Rule before, CollectorPolicy.Composite composite) {
    remarks.differs(
        policyAt(name), "each part keeps an even share of its traces, within its allocation");
    for (CollectorPolicy.Part part : composite.parts()) {
      String own = name + "/" + part.name();
      Rule rule = join(name, before, part.policy());
      long most = Math.min(part.spansPerSecond(), composite.spansPerSecondMax());
      if (rule == null) {
        continue;
      }
      if (!rule.isCertain()) {
        remarks.leftOut(policyAt(name), "part " + part.name() + ": its draw beside its allocation");
      }
      Action action = most > 0 ? new Action.Rate(most, Action.Unit.SPANS) : Action.DROP;
      limits.add(new Policy(own, rule.match(), action));
    }
  }
}
