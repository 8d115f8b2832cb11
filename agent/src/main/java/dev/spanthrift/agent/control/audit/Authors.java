package dev.spanthrift.agent.control.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.control.access.Caller;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.RequestIds;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Who asks for a change, by the headers of the request. */
public final class Authors {
  private static final int REASON_MAX = 500;

  /** How a client that can send ASCII only begins a value with other signs (RFC 8187). */
  private static final String EXTENDED = "UTF-8''";

  private Authors() {}

  /** Of a request that says why in {@link Author#REASON}. */
  public static Author of(HttpHeaders request) {
    return of(request, reason(request));
  }

  /**
   * What stands in {@link Author#REASON}. Shells and pages send UTF-8, and HTTP hands on its bytes
   * as Latin-1; what is no UTF-8 stays as it came.
   */
  public static @Nullable String reason(HttpHeaders request) {
    String given = request.getFirst(Author.REASON);
    if (given == null) {
      return null;
    }
    if (given.startsWith(EXTENDED)) {
      return extended(given);
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(given.getBytes(ISO_8859_1))).toString();
    } catch (CharacterCodingException e) {
      return given;
    }
  }

  private static String extended(String given) {
    try {
      String value = given.substring(EXTENDED.length()).replace("+", "%2B");
      return URLDecoder.decode(value, UTF_8);
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid(
          "/reason", "cannot be decoded", EXTENDED + "percent-encoded, as in RFC 8187");
    }
  }

  /**
   * Of a request that may say why in its body.
   *
   * @param reason null or empty where it does not; then {@link Author#REASON} counts, and a page
   *     must give one
   */
  public static Author of(HttpHeaders request, @Nullable String reason) {
    String body = reason == null ? "" : reason.strip();
    String given = body.isEmpty() ? Objects.requireNonNullElse(reason(request), "").strip() : body;
    checkReason(given);
    if (given.isEmpty() && request.getOrigin() != null) {
      throw ProblemException.invalid(
          "/reason",
          "a person says why: the request comes from a page and has no " + Author.REASON,
          Author.REASON + ": incident 7");
    }
    return author(request, given);
  }

  private static void checkReason(String given) {
    if (given.length() > REASON_MAX || given.chars().anyMatch(Character::isISOControl)) {
      throw ProblemException.invalid(
          "/reason", "too long or with control characters", "at most 500 characters in one line");
    }
  }

  /** Of what nobody has to say why for, and may: it changes nothing of what is kept. */
  public static Author whoMaySayWhy(HttpHeaders request) {
    String given = Objects.requireNonNullElse(reason(request), "").strip();
    checkReason(given);
    return author(request, given);
  }

  /** Of what nobody has to say why for: it changes nothing. */
  public static Author withoutReason(HttpHeaders request) {
    return author(request, "");
  }

  private static Author author(HttpHeaders request, String reason) {
    return new Author(
        Objects.requireNonNullElse(request.getFirst(Caller.HEADER), "unknown"),
        reason,
        Objects.requireNonNullElse(request.getFirst(RequestIds.HEADER), ""));
  }
}
