package dev.spanthrift.agent.control.alert;

import dev.spanthrift.agent.control.alert.AlertBook.Silence;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.state.LastGoodFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Silences on disk, so that a restart wakes nobody. */
final class SilenceFile {
  static final String NAME = "silences.json";

  private final LastGoodFile file;

  /**
   * @param stateDirectory none: silences end with the process
   */
  SilenceFile(@Nullable Path stateDirectory) {
    file = new LastGoodFile(stateDirectory, NAME);
  }

  /** What was stored last, over or not, by what each is about. */
  Map<String, Silence> read() {
    Map<String, Silence> found = file.read(SilenceFile::read);
    return found == null ? Map.of() : found;
  }

  private static Map<String, Silence> read(byte[] text) {
    Map<String, Silence> all = new LinkedHashMap<>();
    for (JsonNode one : BodyFormat.JSON.read(text).required("silences")) {
      all.put(
          one.required("about").stringValue(),
          new Silence(
              one.path("rule").asString(null),
              one.path("id").asString(null),
              Instant.parse(one.required("until").stringValue()),
              one.path("reason").asString("")));
      if (all.size() > AlertBook.SILENCES_MAX) {
        throw new IllegalArgumentException("more than " + AlertBook.SILENCES_MAX + " silences");
      }
    }
    return all;
  }

  /**
   * Replaces what is stored.
   *
   * @throws java.io.UncheckedIOException when it could not be
   */
  void write(Map<String, Silence> silences) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    ArrayNode all = content.putArray("silences");
    silences.forEach(
        (about, silence) -> {
          ObjectNode one = all.addObject().put("about", about);
          if (silence.rule() != null) {
            one.put("rule", silence.rule());
          }
          if (silence.id() != null) {
            one.put("id", silence.id());
          }
          one.put("until", silence.until().toString()).put("reason", silence.reason());
        });
    file.write(BodyFormat.JSON.write(content));
  }
}
