package dev.spanthrift.agent.control.audit;

import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.JsonDifference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** What changed, in not more than {@link #BYTES_MAX} of JSON: an entry is sent as one event. */
final class AuditDifference {
  static final int BYTES_MAX = 16 << 10;
  private static final int VALUE_MAX = 4 << 10; // larger ones are told by their size

  private AuditDifference() {}

  /** The same, with large values told by their size, and without places that find no room. */
  static List<JsonDifference> bounded(List<JsonDifference> diff) {
    List<JsonDifference> bounded = new ArrayList<>();
    int bytes = 0;
    for (JsonDifference one : diff) {
      JsonDifference shown =
          new JsonDifference(one.pointer(), shortened(one.current()), shortened(one.sent()));
      bytes += one.pointer().length() + length(shown.current()) + length(shown.sent());
      if (bytes > BYTES_MAX) {
        break;
      }
      bounded.add(shown);
    }
    return bounded;
  }

  private static @Nullable JsonNode shortened(@Nullable JsonNode value) {
    int length = length(value);
    return length <= VALUE_MAX
        ? value
        : StringNode.valueOf("(" + length + " characters, see the versions of the policy)");
  }

  private static int length(@Nullable JsonNode value) {
    return value == null ? 0 : BodyFormat.canonical(value).length();
  }
}
