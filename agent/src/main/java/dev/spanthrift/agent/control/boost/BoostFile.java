package dev.spanthrift.agent.control.boost;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.state.StateFile;
import dev.spanthrift.sampler.Boost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Active boosts on disk, with what they have spent, so that they outlive the process. */
final class BoostFile {
  static final String NAME = "boosts.json";
  private static final Logger log = LoggerFactory.getLogger(BoostFile.class);

  private final @Nullable Path file;

  /**
   * @param stateDirectory none: nothing is stored
   */
  BoostFile(@Nullable Path stateDirectory) {
    file = stateDirectory == null ? null : stateDirectory.resolve(NAME);
  }

  /** What was stored last, expired or not; nothing when that cannot be read. */
  List<ActiveBoost> read() {
    if (file == null) {
      return List.of();
    }
    try {
      List<ActiveBoost> boosts = new ArrayList<>();
      for (JsonNode one : BodyFormat.JSON.read(Files.readAllBytes(file)).path("boosts")) {
        boosts.add(read(one));
      }
      return boosts;
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException | RuntimeException e) {
      log.warn("stored boosts {} are damaged and ignored: {}", file, InputFile.reason(e));
      return List.of();
    }
  }

  private static ActiveBoost read(JsonNode one) {
    return ActiveBoost.of(
        one.path("id").asString(),
        one.path("place").asInt(),
        BoostWish.match(one.path("match")),
        one.path("reason").asString(""),
        one.path("sinceUnixMillis").asLong(),
        one.path("untilUnixMillis").asLong(),
        one.path("capPicos").asLong(),
        new Boost.Spent(
            one.path("spentPicos").asLong(),
            one.path("traces").asLong(),
            one.path("spans").asLong()));
  }

  /**
   * Replaces what is stored.
   *
   * @throws UncheckedIOException when it could not be
   */
  void write(List<ActiveBoost> boosts) {
    if (file == null) {
      return;
    }
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    ArrayNode all = content.putArray("boosts");
    boosts.forEach(boost -> write(boost, all.addObject()));
    try {
      StateFile.replace(file, BodyFormat.JSON.write(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(ActiveBoost boost, ObjectNode one) {
    Boost.Spent spent = boost.boost().spent();
    one.put("id", boost.id());
    one.put("place", boost.place());
    one.set("match", BoostWish.json(boost.match()));
    one.put("reason", boost.reason());
    one.put("sinceUnixMillis", boost.sinceUnixMillis());
    one.put("untilUnixMillis", boost.untilUnixMillis());
    one.put("capPicos", boost.capPicos());
    one.put("spentPicos", spent.picos());
    one.put("traces", spent.traces());
    one.put("spans", spent.spans());
  }
}
