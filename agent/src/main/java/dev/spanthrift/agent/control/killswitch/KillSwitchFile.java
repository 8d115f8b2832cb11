package dev.spanthrift.agent.control.killswitch;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.pipeline.KillSwitch;
import dev.spanthrift.agent.state.StateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The kill switch on disk, so that it outlives the process.
 *
 * <p>Read before the first port opens: the first span is decided as the last one was.
 */
public final class KillSwitchFile {
  static final String NAME = "kill-switch.json";
  private static final Logger log = LoggerFactory.getLogger(KillSwitchFile.class);

  private final @Nullable Path file;

  /**
   * @param stateDirectory none: nothing is stored
   */
  public KillSwitchFile(@Nullable Path stateDirectory) {
    file = stateDirectory == null ? null : stateDirectory.resolve(NAME);
  }

  /** What was stored last, whether it has expired or not; OFF when that cannot be read. */
  public KillSwitch read() {
    if (file == null) {
      return KillSwitch.OFF;
    }
    try {
      JsonNode content = BodyFormat.JSON.read(Files.readAllBytes(file));
      return new KillSwitch(
          KillSwitch.Mode.valueOf(content.path("mode").asString("")),
          content.path("sinceUnixMillis").asLong(),
          content.path("untilUnixMillis").asLong(),
          content.path("reason").asString(""));
    } catch (NoSuchFileException e) {
      return KillSwitch.OFF;
    } catch (IOException | RuntimeException e) {
      log.warn("stored kill switch {} is damaged and ignored: {}", file, InputFile.reason(e));
      return KillSwitch.OFF;
    }
  }

  void write(KillSwitch next) {
    if (file == null) {
      return;
    }
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("mode", next.mode().name());
    content.put("sinceUnixMillis", next.sinceUnixMillis());
    content.put("untilUnixMillis", next.untilUnixMillis());
    content.put("reason", next.reason());
    try {
      StateFile.replace(file, BodyFormat.JSON.write(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
