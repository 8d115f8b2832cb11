package dev.spanthrift.agent.receive.door;

import dev.spanthrift.exporter.ZstdLibrary;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a request is compressed: the names are those of Content-Encoding and of grpc-encoding. */
public enum Encoding {
  IDENTITY("identity"),
  GZIP("gzip"),
  ZSTD("zstd"),
  DEFLATE("deflate");

  /** All names, for the headers that tell a client what it may use. */
  public static final String ALL =
      Arrays.stream(values())
          .filter(Encoding::isUsable)
          .map(e -> e.token.toString())
          .collect(Collectors.joining(","));

  @SuppressWarnings("ImmutableEnumChecker") // an AsciiString that nobody writes to
  private final AsciiString token;

  Encoding(String token) {
    this.token = AsciiString.cached(token);
  }

  private boolean isUsable() {
    return this != ZSTD || ZstdLibrary.isAvailable();
  }

  /** Absent and empty mean identity; null is one that we do not know, such as a list of several. */
  public static @Nullable Encoding named(@Nullable CharSequence name) {
    if (name == null || name.isEmpty()) {
      return IDENTITY;
    }
    for (Encoding encoding : values()) {
      if (encoding.token.contentEqualsIgnoreCase(name)) {
        return encoding.isUsable() ? encoding : null;
      }
    }
    return null;
  }
}
