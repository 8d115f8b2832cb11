package dev.spanthrift.agent.control.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.control.access.Caller;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.RequestIds;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Who asks for a change, by the headers of the request. */
public final class Authors {
  private static final int REASON_MAX = 500;

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
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(given.getBytes(ISO_8859_1))).toString();
    } catch (CharacterCodingException e) {
      return given;
    }
  }

  /**
   * Of a request that says why elsewhere.
   *
   * @param reason null or empty where it does not; a page must
   */
  public static Author of(HttpHeaders request, @Nullable String reason) {
    String given = reason == null ? "" : reason.strip();
    if (given.length() > REASON_MAX || given.chars().anyMatch(Character::isISOControl)) {
      throw ProblemException.invalid(
          "/reason", "too long or with control characters", "at most 500 characters in one line");
    }
    if (given.isEmpty() && request.getOrigin() != null) {
      throw ProblemException.invalid(
          "/reason",
          "a person says why: the request comes from a page and has no " + Author.REASON,
          Author.REASON + ": incident 7");
    }
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
