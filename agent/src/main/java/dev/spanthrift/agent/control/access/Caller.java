package dev.spanthrift.agent.control.access;

/**
 * Who asks.
 *
 * @param who as the audit names it: {@code token:admin}, {@code jwt:ann}, {@code cert:CN=ann}
 */
public record Caller(String who, Role role) {
  /** The header by which the front tells the handlers; what a client sends under it is dropped. */
  public static final String HEADER = "Spanthrift-Caller";

  /** Who has shown nothing and needs nothing. */
  public static final Caller ANYBODY = new Caller("anybody", Role.VIEWER);
}
