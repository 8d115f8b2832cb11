package dev.spanthrift.agent.receive.http;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** The two encodings of OTLP/HTTP, by Content-Type (specs.md S11, S16). */
enum HttpFormat {
  PROTOBUF("application/x-protobuf"),
  JSON("application/json"),
  UNKNOWN("");

  static final String EXPECTED = "Content-Type must be application/x-protobuf or application/json";

  @SuppressWarnings("ImmutableEnumChecker") // an AsciiString that nobody writes to
  private final AsciiString type;

  HttpFormat(String type) {
    this.type = AsciiString.cached(type);
  }

  /** Any case; parameters behind a semicolon are ignored. */
  static HttpFormat of(@Nullable CharSequence header) {
    if (header == null) {
      return UNKNOWN;
    }
    return PROTOBUF.fits(header) ? PROTOBUF : JSON.fits(header) ? JSON : UNKNOWN;
  }

  /** What an answer carries: an unknown request is answered in JSON. */
  AsciiString contentType() {
    return this == PROTOBUF ? type : JSON.type;
  }

  private boolean fits(CharSequence header) {
    int length = type.length();
    if (header.length() < length || !AsciiString.regionMatches(header, true, 0, type, 0, length)) {
      return false;
    }
    return header.length() == length
        || header.charAt(length) == ';'
        || header.charAt(length) == ' ';
  }
}
