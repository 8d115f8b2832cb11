package dev.spanthrift.agent.control.recommendation;

import dev.spanthrift.agent.pipeline.PolicyVersion;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * How many traces had been seen when each rule of the policy came, as far as somebody looked: a
 * rule that is first seen now counts from now on.
 */
record RuleAges(Map<JsonNode, Long> seenBefore, PolicyVersion policy) {
  RuleAges {
    seenBefore = Map.copyOf(seenBefore);
  }

  /** Those that the process began with have seen everything. */
  static RuleAges atStart(PolicyVersion first) {
    return new RuleAges(Map.of(), first).next(first, 0);
  }

  /** Of the policy as it now is; rules that are gone are forgotten. */
  RuleAges next(PolicyVersion now, long seen) {
    Map<JsonNode, Long> next = new HashMap<>();
    for (JsonNode rule : now.root().path("policies")) {
      next.put(rule, seenBefore.getOrDefault(rule, seen));
    }
    return new RuleAges(next, now);
  }

  /** By the rule's place. */
  long of(int place) {
    return seenBefore.getOrDefault(policy.root().path("policies").path(place), 0L);
  }
}
