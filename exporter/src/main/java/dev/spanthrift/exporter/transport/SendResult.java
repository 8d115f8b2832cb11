package dev.spanthrift.exporter.transport;

/** How one attempt to send ended. */
public sealed interface SendResult {
  SendResult ACCEPTED = new Accepted(0, "");

  /**
   * The backend has taken the request; never sent again (specs.md C3).
   *
   * @param rejected items that it refused all the same
   * @param message its words, empty when it had none
   */
  record Accepted(long rejected, String message) implements SendResult {}

  /**
   * Worth another attempt (specs.md C4, C5).
   *
   * @param delayNanos what the backend asked for, or {@link #OWN_BACKOFF}
   * @param throttle the backend or the way to it is in trouble, not this request (specs.md C9)
   */
  record Again(String reason, String message, long delayNanos, boolean throttle)
      implements SendResult {
    public static final long OWN_BACKOFF = -1;
  }

  /**
   * Not worth another attempt.
   *
   * @param reason key of {@link dev.spanthrift.exporter.DestinationStatus.Counts#failed}
   */
  record Failed(String reason, String message) implements SendResult {}
}
