package dev.spanthrift.agent.receive.door;

import java.time.Duration;

/** The answer to one request; each port turns it into its protocol's own words. */
public sealed interface Admission {
  /** All of it was taken. Dropping by sampling later is not a rejection (specs.md S10). */
  record Accepted() implements Admission {}

  /**
   * A part was taken.
   *
   * @param rejected spans, data points, log records or profiles that were not; 0 makes it a warning
   *     (specs.md S10)
   */
  record Partial(long rejected, String message) implements Admission {}

  /** The bytes are not what they should be: HTTP 400, gRPC INVALID_ARGUMENT. */
  record Malformed(String message) implements Admission {}

  /** No room now: HTTP 503 with Retry-After, gRPC UNAVAILABLE with RetryInfo. */
  record Overloaded(Duration retryAfter) implements Admission {}

  Admission ACCEPTED = new Accepted();
}
