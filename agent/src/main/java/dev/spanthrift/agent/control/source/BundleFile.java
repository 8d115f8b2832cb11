package dev.spanthrift.agent.control.source;

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

/** The last good bundle on disk, and what a cold start reads instead. */
final class BundleFile {
  static final String FILE = "controller.json";
  private static final Logger log = LoggerFactory.getLogger(BundleFile.class);

  private final Path file;
  private boolean writeFailed;

  BundleFile(Path stateDirectory) {
    file = stateDirectory.resolve(FILE);
  }

  /** None when there is no file, or a damaged one, which is warned of. */
  @Nullable Bundle read() {
    try {
      byte[] text = bounded(file);
      JsonNode content = BodyFormat.JSON.read(text);
      Bundle bundle = Bundle.of(content.path("bundle"));
      if (!bundle.hash().equals(content.path("hash").asString(""))) {
        throw new IllegalArgumentException("content and hash differ");
      }
      return bundle;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | RuntimeException e) {
      log.warn("the last good copy {} is damaged and not used: {}", file, InputFile.reason(e));
      return null;
    }
  }

  private static byte[] bounded(Path file) throws IOException {
    if (Files.size(file) > 2L * Bundle.BYTES_MAX) {
      throw new IOException("larger than " + 2L * Bundle.BYTES_MAX + " bytes");
    }
    return Files.readAllBytes(file);
  }

  /** None when it cannot be read, which is warned of. */
  static @Nullable Bundle bootstrap(@Nullable Path from) {
    if (from == null) {
      return null;
    }
    try {
      return Bundle.ofBootstrap(bounded(from), String.valueOf(from.getFileName()));
    } catch (IOException | RuntimeException e) {
      log.warn("controller.bootstrapFile {} is not used: {}", from, InputFile.reason(e));
      return null;
    }
  }

  /** A full disk must not keep the cluster's policy from acting. */
  void write(Bundle bundle) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("hash", bundle.hash());
    content.set("bundle", bundle.json());
    try {
      StateFile.replace(file, BodyFormat.JSON.write(content));
      writeFailed = false;
    } catch (IOException e) {
      if (!writeFailed) {
        log.warn("what the controller sent cannot be kept in {}: {}", file, InputFile.reason(e));
      }
      writeFailed = true;
    }
  }
}
