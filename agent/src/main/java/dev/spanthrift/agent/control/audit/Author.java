package dev.spanthrift.agent.control.audit;

import dev.spanthrift.agent.control.http.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Who asks for a change, and why.
 *
 * @param who such as {@code token} or {@code configuration}
 * @param reason in one line; empty where machines give none
 * @param requestId by which the request stands in the log
 */
public record Author(String who, String reason, String requestId) {
  /** The header with the reason of a change. */
  public static final String REASON = "X-Reason";

  private static final int REASON_MAX = 500;

  /** Of a request with the token. */
  public static Author ofRequest(
      @Nullable String reason, @Nullable String origin, @Nullable String requestId) {
    String given = reason == null ? "" : reason.strip();
    if (given.length() > REASON_MAX || given.chars().anyMatch(Character::isISOControl)) {
      throw ProblemException.invalid(
          "/reason", "too long or with control characters", "at most 500 characters in one line");
    }
    if (given.isEmpty() && origin != null) {
      throw ProblemException.invalid(
          "/reason",
          "a person says why: the request comes from a page and has no " + REASON,
          REASON + ": incident 7");
    }
    return new Author("token", given, requestId == null ? "" : requestId);
  }
}
