package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.settings.DestinationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value read from files, and read again when one of them has changed.
 *
 * <p>Looks at the files' times whenever it is asked, which is once a TLS handshake. Files that have
 * become unreadable or wrong leave the last good value in place: a renewal is often two writes.
 */
final class WatchedFiles<T> {
  private static final Logger log = LoggerFactory.getLogger(WatchedFiles.class);

  /** Reads the files. */
  interface Reader<T> {
    T read() throws IOException, GeneralSecurityException;
  }

  private final List<Path> files;
  private final Reader<T> reader;
  private List<FileTime> seen;
  private T value;

  /**
   * Reads for the first time.
   *
   * @throws IllegalArgumentException when a file cannot be used
   */
  WatchedFiles(String key, List<Path> files, Reader<T> reader) {
    this.files = List.copyOf(files);
    this.reader = reader;
    try {
      this.seen = times();
      this.value = reader.read();
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      IllegalArgumentException bad =
          DestinationSettings.bad(key, files, "readable PEM files (" + why(e) + ")");
      bad.initCause(e);
      throw bad;
    }
  }

  /** The text of such an exception about a file is its path alone. */
  private static String why(Exception e) {
    return e instanceof NoSuchFileException
        ? "there is no such file"
        : Objects.requireNonNullElse(e.getMessage(), "cannot be read");
  }

  synchronized T value() {
    try {
      List<FileTime> now = times();
      if (!now.equals(seen)) {
        seen = now;
        value = reader.read();
        log.info("read {} again", files);
      }
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      log.warn("cannot read {} again, the former content stays in use: {}", files, why(e));
    }
    return value;
  }

  private List<FileTime> times() throws IOException {
    List<FileTime> times = new ArrayList<>();
    for (Path file : files) {
      times.add(Files.getLastModifiedTime(file));
    }
    return times;
  }
}
