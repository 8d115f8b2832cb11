package dev.spanthrift.agent.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file of the state directory and the one before it: where the first is damaged, the other
 * is used, and the log says so.
 *
 * <p>Not thread-safe.
 */
public final class LastGoodFile {
  private static final String BEFORE = ".last";
  private static final Logger log = LoggerFactory.getLogger(LastGoodFile.class);

  private final @Nullable Path file;
  private boolean good; // the first is: it may become the one before

  /**
   * @param stateDirectory none: nothing is stored
   */
  public LastGoodFile(@Nullable Path stateDirectory, String name) {
    file = stateDirectory == null ? null : stateDirectory.resolve(name);
  }

  /**
   * What was stored last and can be read.
   *
   * @param reader throws for what is damaged
   * @return null when there is nothing
   */
  public <T> @Nullable T read(Function<byte[], T> reader) {
    if (file == null) {
      return null;
    }
    T first = read(file, reader);
    good = first != null;
    return good ? first : read(before(file), reader);
  }

  private static <T> @Nullable T read(Path from, Function<byte[], T> reader) {
    try {
      return reader.apply(Files.readAllBytes(from));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | RuntimeException e) {
      log.warn("{} is damaged and ignored: {}", from, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static Path before(Path file) {
    return file.resolveSibling(file.getFileName() + BEFORE);
  }

  /**
   * Replaces what is stored; what was good before is kept beside it.
   *
   * @throws UncheckedIOException when it could not be; what is stored can be read still
   */
  public void write(byte[] content) {
    if (file == null) {
      return;
    }
    try {
      if (good && Files.exists(file)) {
        Files.copy(file, before(file), StandardCopyOption.REPLACE_EXISTING);
      }
      StateFile.replace(file, content);
      good = true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
