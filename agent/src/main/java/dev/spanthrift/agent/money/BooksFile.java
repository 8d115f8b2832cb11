package dev.spanthrift.agent.money;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.state.StateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where books survive a restart. What cannot be read or written is said, and nothing else ends. */
final class BooksFile {
  private static final Logger log = LoggerFactory.getLogger(BooksFile.class);
  private static final String NAME = "budgets.bin";
  private static final long BYTES_MAX = 1 << 24;

  private final Path file;
  private boolean saveFailed;

  BooksFile(Path stateDir) {
    file = stateDir.resolve(NAME);
  }

  Optional<byte[]> read() {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      if (Files.size(file) > BYTES_MAX) {
        Path aside = file.resolveSibling(NAME + ".too-large");
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        log.warn(
            "saved budgets are ignored: larger than {} bytes; they are kept as {}",
            BYTES_MAX,
            aside);
        return Optional.empty();
      }
      return Optional.of(Files.readAllBytes(file));
    } catch (IOException e) {
      log.warn("saved budgets are ignored: {}", InputFile.reason(e));
      return Optional.empty();
    }
  }

  /** Says a failure once, until it goes again. */
  void save(byte[] books) {
    try {
      StateFile.replace(file, books);
      saveFailed = false;
    } catch (IOException e) {
      if (!saveFailed) {
        log.warn("budgets cannot be saved in {}: {}", file.getParent(), InputFile.reason(e));
      }
      saveFailed = true;
    }
  }
}
