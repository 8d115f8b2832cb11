package dev.spanthrift.agent.receive.door;

import dev.spanthrift.exporter.ZstdLibrary;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

  /** Absent and empty mean identity; null is one that we do not know, or several at once. */
  public static @Nullable Encoding named(@Nullable CharSequence name) {
    if (name == null || name.isEmpty()) {
      return IDENTITY;
    }
    for (Encoding encoding : values()) {
      if (encoding.token.contentEqualsIgnoreCase(name)) {
        return encoding.isUsable() ? encoding : null;
      }
    }
    return several(List.of(name.toString()));
  }

  /** The same for the values of a header; those that are identity change nothing. */
  public static @Nullable Encoding of(List<String> headers) {
    return headers.isEmpty()
        ? IDENTITY
        : headers.size() == 1 ? named(headers.getFirst()) : several(headers);
  }

  private static @Nullable Encoding several(List<String> headers) {
    Encoding found = IDENTITY;
    for (String token : String.join(",", headers).split(",")) {
      Encoding encoding = one(token.strip().toLowerCase(Locale.ROOT));
      if (encoding == null || encoding != IDENTITY && found != IDENTITY) {
        return null;
      }
      found = encoding == IDENTITY ? found : encoding;
    }
    return found;
  }

  /** With the old name that recipients should know (RFC 9110, 8.4.1.3). */
  private static @Nullable Encoding one(String token) {
    return switch (token) {
      case "", "identity" -> IDENTITY;
      case "gzip", "x-gzip" -> GZIP;
      case "zstd" -> ZSTD.isUsable() ? ZSTD : null;
      case "deflate" -> DEFLATE;
      default -> null;
    };
  }
}
