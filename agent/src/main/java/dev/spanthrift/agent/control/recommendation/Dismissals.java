package dev.spanthrift.agent.control.recommendation;

import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.state.LastGoodFile;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Recommendations that nobody wants to see again: at most {@link #MAX}, the oldest is forgotten.
 * They outlive the process.
 */
final class Dismissals {
  static final String NAME = "dismissed.json";
  static final int MAX = 100;

  private final LastGoodFile file;
  private final Set<String> ids = new LinkedHashSet<>();

  /**
   * @param stateDirectory none: they end with the process
   */
  Dismissals(@Nullable Path stateDirectory) {
    file = new LastGoodFile(stateDirectory, NAME);
    Set<String> stored = file.read(Dismissals::read);
    if (stored != null) {
      ids.addAll(stored);
    }
  }

  private static Set<String> read(byte[] text) {
    Set<String> all = new LinkedHashSet<>();
    for (JsonNode id : BodyFormat.JSON.read(text).required("dismissed")) {
      all.add(id.stringValue());
      if (all.size() > MAX) {
        throw new IllegalArgumentException("more than " + MAX + " dismissals");
      }
    }
    return all;
  }

  synchronized boolean contains(String id) {
    return ids.contains(id);
  }

  /**
   * Adds one.
   *
   * @throws java.io.UncheckedIOException when it could not be stored; then it is not in force
   */
  synchronized void add(String id) {
    Set<String> next = new LinkedHashSet<>(ids);
    next.remove(id); // now the youngest
    next.add(id);
    while (next.size() > MAX) {
      next.remove(next.iterator().next());
    }
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    ArrayNode all = content.putArray("dismissed");
    next.forEach(all::add);
    file.write(BodyFormat.JSON.write(content));
    ids.clear();
    ids.addAll(next);
  }
}
