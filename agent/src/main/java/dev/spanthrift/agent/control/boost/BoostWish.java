package dev.spanthrift.agent.control.boost;

import dev.spanthrift.agent.control.http.Durations;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.RequestFields;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What somebody asks for.
 *
 * @param cap in units of the currency
 */
record BoostWish(BoostMatch match, Duration ttl, double cap, String reason) {
  static final Duration TTL_MAX = Duration.ofHours(24);
  private static final double CAP_MAX = 1e6; // in picos still far inside a long
  private static final int TEXT_MAX = 200;
  private static final int REASON_MAX = 500;
  private static final int SHOWN_MAX = 80;
  private static final List<String> FIELDS = List.of("match", "ttl", "cap", "reason");
  private static final List<String> MATCH_FIELDS = List.of("service", "operation", "attribute");
  private static final List<String> ATTRIBUTE_FIELDS = List.of("key", "equals");

  /** The same for another reason. */
  BoostWish because(String other) {
    return new BoostWish(match, ttl, cap, other);
  }

  /**
   * Reads it.
   *
   * @throws ProblemException saying what would be right
   */
  static BoostWish read(JsonNode body) {
    RequestFields.known(
        "", body, FIELDS, "{\"match\": {\"service\": \"cart\"}, \"ttl\": \"30m\", \"cap\": 1}");
    return new BoostWish(
        match(body.path("match")),
        ttl(body.path("ttl")),
        cap(body.path("cap")),
        reason(body.path("reason")));
  }

  static BoostMatch match(JsonNode node) {
    RequestFields.known("/match", node, MATCH_FIELDS, "{\"service\": \"cart\"}");
    String service = text("/match/service", node.path("service"));
    String operation = text("/match/operation", node.path("operation"));
    JsonNode attribute = node.path("attribute");
    if (service == null && operation == null && attribute.isMissingNode()) {
      throw ProblemException.invalid("/match", "matches everything", "one of " + MATCH_FIELDS);
    }
    return new BoostMatch(
        service, operation, attribute.isMissingNode() ? null : attribute(attribute));
  }

  private static BoostMatch.OfAttribute attribute(JsonNode node) {
    String at = "/match/attribute";
    String example = "{\"key\": \"http.route\", \"equals\": \"/checkout\"}";
    RequestFields.known(at, node, ATTRIBUTE_FIELDS, example);
    String key = text(at + "/key", node.path("key"));
    String equals = text(at + "/equals", node.path("equals"));
    if (key == null || equals == null) {
      throw ProblemException.invalid(at, "has no key or no value", example);
    }
    return new BoostMatch.OfAttribute(key, equals);
  }

  static ObjectNode json(BoostMatch match) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (match.service() != null) {
      node.put("service", match.service());
    }
    if (match.operation() != null) {
      node.put("operation", match.operation());
    }
    BoostMatch.OfAttribute attribute = match.attribute();
    if (attribute != null) {
      node.putObject("attribute").put("key", attribute.key()).put("equals", attribute.equals());
    }
    return node;
  }

  private static Duration ttl(JsonNode node) {
    Optional<Duration> ttl = node.isString() ? Durations.parse(node.asString()) : Optional.empty();
    return ttl.filter(d -> d.isPositive() && d.compareTo(TTL_MAX) <= 0)
        .orElseThrow(
            () ->
                ProblemException.invalid(
                    "/ttl",
                    node.isMissingNode()
                        ? "a boost needs an end"
                        : "not a time in (0, 24h]: " + shortened(node),
                    "for example \"30m\""));
  }

  private static double cap(JsonNode node) {
    double cap = node.isNumber() ? node.asDouble() : 0;
    if (!(cap >= 1e-9 && cap <= CAP_MAX)) {
      throw ProblemException.invalid(
          "/cap",
          node.isMissingNode()
              ? "a boost needs a cap in money"
              : "not an amount of money from 1e-9 to 1e6: " + shortened(node),
          "0.5, in the currency of the price");
    }
    return cap;
  }

  private static String reason(JsonNode node) {
    if (!node.isString() && !node.isMissingNode() && !node.isNull()) {
      throw ProblemException.invalid("/reason", "is not a text", "\"incident 7\"");
    }
    String reason = node.asString("").strip();
    if (reason.length() > REASON_MAX || reason.chars().anyMatch(Character::isISOControl)) {
      throw ProblemException.invalid(
          "/reason", "too long or with control characters", "at most 500 characters in one line");
    }
    return reason;
  }

  private static @Nullable String text(String at, JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    String text = node.isString() ? node.asString() : "";
    if (text.isEmpty()
        || text.length() > TEXT_MAX
        || text.chars().anyMatch(Character::isISOControl)) {
      throw ProblemException.invalid(
          at, "is not a text: " + shortened(node), "from 1 to 200 characters in one line");
    }
    return text;
  }

  private static String shortened(JsonNode node) {
    String text = node.toString();
    return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
  }
}
