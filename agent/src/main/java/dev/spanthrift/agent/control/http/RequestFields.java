package dev.spanthrift.agent.control.http;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** What bodies of requests may have. */
public final class RequestFields {
  private RequestFields() {}

  /**
   * Refuses what is no object, and a field that means nothing: a typo would be a wish that nobody
   * hears.
   *
   * @param at its JSON pointer
   * @param example of what would be right
   */
  public static void known(String at, JsonNode node, List<String> fields, String example) {
    if (!node.isObject()) {
      throw ProblemException.invalid(
          at, node.isMissingNode() ? "is missing" : "is not an object", example);
    }
    for (String name : node.propertyNames()) {
      if (!fields.contains(name)) {
        throw ProblemException.invalid(at + "/" + step(name), "is not known", "one of " + fields);
      }
    }
  }

  /** A name as one step of a JSON pointer (RFC 6901). */
  public static String step(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
