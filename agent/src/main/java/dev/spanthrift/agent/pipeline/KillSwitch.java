package dev.spanthrift.agent.pipeline;

/**
 * The one switch that overrules policies and budget; turns itself off.
 *
 * @param sinceUnixMillis when it was set
 * @param untilUnixMillis first moment at which it no longer counts; {@link Long#MAX_VALUE} for OFF
 * @param reason words of whoever set it, may be empty
 */
public record KillSwitch(Mode mode, long sinceUnixMillis, long untilUnixMillis, String reason) {
  public static final KillSwitch OFF = new KillSwitch(Mode.OFF, 0, Long.MAX_VALUE, "");

  public KillSwitch {
    if (untilUnixMillis < sinceUnixMillis) {
      throw new IllegalArgumentException("kill switch ends before it begins: " + untilUnixMillis);
    }
  }

  /** The same for another reason. */
  public KillSwitch because(String other) {
    return new KillSwitch(mode, sinceUnixMillis, untilUnixMillis, other);
  }

  /** The switch as it counts at a moment: OFF once it has expired. */
  public KillSwitch at(long nowUnixMillis) {
    return nowUnixMillis >= untilUnixMillis ? OFF : this;
  }

  /** What overrules. */
  public enum Mode {
    /** Policies and budget decide. */
    OFF("off"),
    /** Every trace is decided as usual and kept, with probability 1 (or upstream's). */
    KEEP_ALL("keep-all"),
    /**
     * Requests pass byte for byte: still scanned, so that what is malformed is refused and spans
     * are counted, but not held and not decided.
     */
    BYPASS("bypass");

    private final String word;

    Mode(String word) {
      this.word = word;
    }

    /** Its name in REST, command line and settings. */
    public String word() {
      return word;
    }
  }
}
