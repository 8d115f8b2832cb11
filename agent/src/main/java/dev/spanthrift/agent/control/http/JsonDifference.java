package dev.spanthrift.agent.control.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One place in which what is in force and what was sent differ.
 *
 * @param pointer JSON pointer (RFC 6901) to it
 * @param current what is in force there; missing when there is nothing
 * @param sent what the writer sent; missing when there is nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JsonDifference(String pointer, @Nullable JsonNode current, @Nullable JsonNode sent) {
  /** More are left out: the writer has to read the whole anyway. */
  static final int DIFFERENCES_MAX = 100;

  /** The first differences of two documents; elements of lists are compared by their place. */
  public static List<JsonDifference> between(JsonNode current, JsonNode sent) {
    List<JsonDifference> found = new ArrayList<>();
    compare("", current, sent, found);
    return found;
  }

  private static void compare(
      String at, @Nullable JsonNode current, @Nullable JsonNode sent, List<JsonDifference> found) {
    if (found.size() == DIFFERENCES_MAX || (current != null && current.equals(sent))) {
      return;
    }
    if (current == null || sent == null || !isInside(current, sent)) {
      found.add(new JsonDifference(at, current, sent));
    } else if (current.isArray()) {
      for (int i = 0; i < Math.max(current.size(), sent.size()); i++) {
        compare(at + "/" + i, current.get(i), sent.get(i), found);
      }
    } else {
      TreeSet<String> names = new TreeSet<>(current.propertyNames());
      names.addAll(sent.propertyNames());
      names.forEach(
          n -> compare(at + "/" + RequestFields.step(n), current.get(n), sent.get(n), found));
    }
  }

  private static boolean isInside(JsonNode current, JsonNode sent) {
    return (current.isArray() && sent.isArray()) || (current.isObject() && sent.isObject());
  }
}
