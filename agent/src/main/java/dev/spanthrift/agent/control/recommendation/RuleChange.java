package dev.spanthrift.agent.control.recommendation;

import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.Note;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A change of one rule, not yet weighed.
 *
 * @param place of the rule in the policy; for what is added, where it will stand
 * @param rule as it would be written; null for what goes
 */
record RuleChange(Verb verb, Note title, Note why, int place, @Nullable JsonNode rule) {
  /** What becomes of the rule. */
  enum Verb {
    ADD("add"),
    KEEP("keep"),
    REMOVE("remove"),
    UPDATE("update");

    private final String word;

    Verb(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** The same change has the same id. */
  String id() {
    ObjectNode said = JsonNodeFactory.instance.objectNode();
    said.put("verb", verb.word());
    said.put("title", title.text());
    if (rule != null) {
      said.set("rule", rule);
    }
    return verb.word() + "-" + BodyFormat.hash(said).substring(0, 12);
  }

  /** The policy with it; of what is kept, the policy as it is. */
  JsonNode applied(JsonNode policy) {
    return verb == Verb.KEEP ? policy.deepCopy() : changed(policy);
  }

  /** What its effect is measured against: of what is kept, the policy without it. */
  JsonNode weighed(JsonNode policy) {
    return changed(policy);
  }

  private JsonNode changed(JsonNode policy) {
    ObjectNode copy = (ObjectNode) policy.deepCopy();
    ArrayNode rules =
        copy.path("policies").isArray()
            ? (ArrayNode) copy.path("policies")
            : copy.putArray("policies");
    JsonNode written = rule;
    switch (verb) {
      case ADD -> {
        if (written != null) {
          rules.insert(place, written);
        }
      }
      case UPDATE -> {
        if (written != null) {
          rules.set(place, written);
        }
      }
      case KEEP, REMOVE -> rules.remove(place);
    }
    return copy;
  }
}
