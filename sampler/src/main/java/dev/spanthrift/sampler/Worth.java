package dev.spanthrift.sampler;

import java.util.Locale;

/**
 * How much kept traces would be missed, least first: the order in which they leave a full queue.
 */
public enum Worth {
  /** One of many. */
  ORDINARY,
  NEW,
  SLOW,
  /** A policy keeps it for certain. */
  RULE,
  ERROR,
  /** Nobody has judged it: metrics, logs, profiles, and traces that pass unjudged. Never leaves. */
  UNJUDGED;

  /** Below this, what waits leaves before anybody who sends is asked to wait. */
  public static final Worth LAST_TO_LEAVE = ERROR;

  /**
   * Whether that other one leaves to make room for this. What nobody has judged takes no room from
   * errors.
   */
  public boolean outranks(Worth other) {
    return other.ordinal() < ordinal()
        && (this != UNJUDGED || other.ordinal() < LAST_TO_LEAVE.ordinal());
  }

  /** In reasons and messages. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
