package dev.spanthrift.agent.control.audit;

import dev.spanthrift.agent.control.access.Caller;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.RequestIds;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Who asks for a change, by the headers of the request. */
public final class Authors {
  private static final int REASON_MAX = 500;

  private Authors() {}

  /** Of a request that says why in {@link Author#REASON}. */
  public static Author of(HttpHeaders request) {
    return of(request, request.getFirst(Author.REASON));
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
