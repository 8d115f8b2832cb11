package dev.spanthrift.agent.control.policy;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A policy that stands elsewhere: whoever wants another one changes it there.
 *
 * @param root the document
 * @param objects what it was made from, for people, such as {@code SamplingPolicy shop/errors}
 */
public record ManagedPolicy(JsonNode root, List<String> objects) {
  public ManagedPolicy {
    objects = List.copyOf(objects);
    if (objects.isEmpty()) {
      throw new IllegalArgumentException("a managed policy comes from something");
    }
  }
}
