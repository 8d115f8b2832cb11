package dev.spanthrift.agent.receive.door;

import java.time.Duration;

/**
 * What one request is told, before a port puts it into its protocol's words.
 *
 * @param rejected items of a partial success
 * @param message in English; empty on full success
 * @param retryAfter for {@link RequestOutcome#OVERLOADED}
 */
public record RequestAnswer(
    RequestOutcome outcome, long rejected, String message, Duration retryAfter) {
  public static final RequestAnswer ACCEPTED = of(RequestOutcome.ACCEPTED, "");

  /** Bytes of UTF-8 of any message: far below 4 MiB (specs.md S6), and fits into a header. */
  static final int MESSAGE_BYTES = 1024;

  public RequestAnswer {
    message = AnswerText.shortened(message, MESSAGE_BYTES);
  }

  public static RequestAnswer of(RequestOutcome outcome, String message) {
    return new RequestAnswer(outcome, 0, message, Duration.ZERO);
  }

  static RequestAnswer from(Admission admission) {
    return switch (admission) {
      case Admission.Accepted() -> ACCEPTED;
      case Admission.Partial(long rejected, String message) ->
          new RequestAnswer(RequestOutcome.PARTIAL, rejected, message, Duration.ZERO);
      case Admission.Malformed(String message) -> of(RequestOutcome.MALFORMED, message);
      case Admission.Overloaded(Duration retryAfter) -> overloaded(retryAfter);
    };
  }

  static RequestAnswer overloaded(Duration retryAfter) {
    return new RequestAnswer(RequestOutcome.OVERLOADED, 0, "No room now, please retry", retryAfter);
  }

  static RequestAnswer tooLarge(int limit) {
    return of(RequestOutcome.TOO_LARGE, "Request exceeds the limit of " + limit + " bytes");
  }

  public boolean accepted() {
    return outcome == RequestOutcome.ACCEPTED;
  }
}
