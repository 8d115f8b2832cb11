package dev.spanthrift.exporter.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * A text that proves who we are: given, or the content of a file that somebody writes anew.
 *
 * <p>A file is read again at most once a second, by whoever asks, so that a rotated token counts
 * from the next second on. While it cannot be read, or is empty, the last content that could be
 * stays.
 */
public abstract sealed class Secret {
  private Secret() {}

  /** The text as it is now. */
  public abstract String text();

  public static Secret of(String text) {
    return new Given(text);
  }

  /**
   * The content of a file, without white space around it.
   *
   * @throws IllegalArgumentException if it cannot be read now
   */
  public static Secret inFile(Path file) {
    return inFile(file, System::nanoTime);
  }

  static Secret inFile(Path file, LongSupplier nanoTime) {
    return new InFile(file, nanoTime);
  }

  private static final class Given extends Secret {
    private final String text;

    private Given(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  private static final class InFile extends Secret {
    private static final long PAUSE_NANOS = 1_000_000_000L;
    private static final long BYTES_MAX = 64 << 10;

    private final Path file;
    private final LongSupplier nanoTime;
    private String last;
    private long readAt;

    private InFile(Path file, LongSupplier nanoTime) {
      this.file = file;
      this.nanoTime = nanoTime;
      try {
        last = read();
      } catch (IOException e) {
        throw new IllegalArgumentException(file + " cannot be read", e);
      }
      if (last.isEmpty()) {
        throw new IllegalArgumentException(file + " is empty");
      }
      readAt = nanoTime.getAsLong();
    }

    /** Several event loops may ask. */
    @Override
    public synchronized String text() {
      long now = nanoTime.getAsLong();
      if (now - readAt >= PAUSE_NANOS) {
        readAt = now;
        try {
          String text = read();
          last = text.isEmpty() ? last : text;
        } catch (IOException e) {
          // It is being replaced; or gone, which the backend's answers will tell.
        }
      }
      return last;
    }

    private String read() throws IOException {
      if (Files.size(file) > BYTES_MAX) {
        throw new IOException("larger than 64 KiB");
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return (text.startsWith("\ufeff") ? text.substring(1) : text).strip();
    }
  }
}
