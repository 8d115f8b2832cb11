package dev.spanthrift.agent.receive;

import java.time.Duration;

/**
 * What one request is told, before a port puts it into its protocol's words.
 *
 * @param rejected items of a partial success
 * @param message in English; empty on full success
 * @param retryAfter for {@link Outcome#OVERLOADED}
 */
record Answer(Outcome outcome, long rejected, String message, Duration retryAfter) {
  static final Answer ACCEPTED = of(Outcome.ACCEPTED, "");

  /** Bytes of UTF-8 of any message: far below 4 MiB (specs S6), and fits into a header. */
  static final int MESSAGE_BYTES = 1024;

  Answer {
    message = Text.shortened(message, MESSAGE_BYTES);
  }

  static Answer of(Outcome outcome, String message) {
    return new Answer(outcome, 0, message, Duration.ZERO);
  }

  static Answer from(Admission admission) {
    return switch (admission) {
      case Admission.Accepted() -> ACCEPTED;
      case Admission.Partial(long rejected, String message) ->
          new Answer(Outcome.PARTIAL, rejected, message, Duration.ZERO);
      case Admission.Malformed(String message) -> of(Outcome.MALFORMED, message);
      case Admission.Overloaded(Duration retryAfter) -> overloaded(retryAfter);
    };
  }

  static Answer overloaded(Duration retryAfter) {
    return new Answer(Outcome.OVERLOADED, 0, "No room now, please retry", retryAfter);
  }

  static Answer tooLarge(int limit) {
    return of(Outcome.TOO_LARGE, "Request exceeds the limit of " + limit + " bytes");
  }

  boolean accepted() {
    return outcome == Outcome.ACCEPTED;
  }
}
