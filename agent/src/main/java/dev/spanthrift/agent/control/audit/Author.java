package dev.spanthrift.agent.control.audit;

/**
 * Who asks for a change, and why.
 *
 * @param who such as {@code token:admin} or {@code configuration}
 * @param reason in one line; empty where machines give none
 * @param requestId by which the request stands in the log
 */
public record Author(String who, String reason, String requestId) {
  /** The header with the reason of a change. */
  public static final String REASON = "X-Reason";
}
