package dev.spanthrift.agent.control.policy;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.state.StateFile;
import java.io.IOException;
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
 * The last good policy on disk.
 *
 * @param hash of the policy
 * @param configured hash of the policy of the configuration when this one came into force; the same
 *     when it was that one
 */
record StoredPolicy(long version, String hash, String configured, JsonNode root) {
  private static final Logger log = LoggerFactory.getLogger(StoredPolicy.class);

  /** None when there is no file, or a damaged one, which is warned of. */
  static @Nullable StoredPolicy read(Path file) {
    try {
      return of(BodyFormat.JSON.read(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | RuntimeException e) {
      log.warn("stored policy {} is damaged and not used: {}", file, InputFile.reason(e));
      return null;
    }
  }

  private static StoredPolicy of(JsonNode content) {
    JsonNode root = content.path("policy");
    String hash = BodyFormat.hash(root);
    long version = content.path("version").asLong(0);
    if (version < 1 || !hash.equals(content.path("hash").asString(""))) {
      throw new IllegalArgumentException("content and hash differ");
    }
    return new StoredPolicy(version, hash, content.path("configured").asString(""), root);
  }

  void write(Path file) throws IOException {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("version", version);
    content.put("hash", hash);
    content.put("configured", configured);
    content.set("policy", root);
    StateFile.replace(file, BodyFormat.JSON.write(content));
  }

  /** Whether somebody put it, in place of the configured one. */
  boolean isByRest() {
    return !hash.equals(configured);
  }
}
