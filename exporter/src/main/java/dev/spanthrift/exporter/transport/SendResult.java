package dev.spanthrift.exporter.transport;

/** How one attempt to send ended. */
public sealed interface SendResult {
  /** Under which it is counted: one of a bounded set. */
  String kind();

  /** What the backend or the connection said; empty when nothing. */
  String message();

  /**
   * The backend has taken the request; never sent again (specs.md C3).
   *
   * @param kind how it said so: see {@link dev.spanthrift.exporter.DestinationStatus#answers}
   * @param rejected items that it refused all the same
   * @param message its words, empty when it had none
   */
  record Accepted(String kind, long rejected, String message) implements SendResult {
    public static final Accepted PLAIN = new Accepted("accepted", 0, "");
    static final Accepted JSON = new Accepted("accepted_json", 0, "");
  }

  /**
   * Worth another attempt (specs.md C4, C5).
   *
   * @param delayNanos what the backend asked for, or {@link #OWN_BACKOFF}
   * @param throttle the backend or the way to it is in trouble, not this request (specs.md C9)
   */
  record Again(String kind, String message, long delayNanos, boolean throttle)
      implements SendResult {
    public static final long OWN_BACKOFF = -1;
  }

  /**
   * Not worth another attempt.
   *
   * @param kind key of {@link dev.spanthrift.exporter.DestinationStatus.Counts#failed}
   * @param ofContent what was sent may be to blame, and a part of it may be taken; not so where the
   *     answer is about who sends, where to, or how
   */
  record Failed(String kind, String message, boolean ofContent) implements SendResult {}
}
