package dev.spanthrift.agent.control.policy;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A policy that stands elsewhere: whoever wants another one changes it there.
 *
 * @param document the policy
 * @param beside whether its rules are all in shadow, and the configured ones decide as before
 * @param objects what it was made from, for people, such as {@code SamplingPolicy shop/errors}
 */
public record ManagedPolicy(JsonNode document, boolean beside, List<String> objects) {
  public ManagedPolicy {
    objects = List.copyOf(objects);
    if (objects.isEmpty()) {
      throw new IllegalArgumentException("a managed policy comes from something");
    }
  }

  /**
   * What is to be in force.
   *
   * @param configured what would be without it
   */
  JsonNode root(JsonNode configured) {
    if (!beside || !configured.isObject()) {
      return document;
    }
    ObjectNode both = (ObjectNode) configured.deepCopy();
    ArrayNode rules = both.arrayNode();
    document.path("policies").forEach(rules::add);
    configured.path("policies").forEach(rules::add);
    both.set("policies", rules);
    return both;
  }
}
