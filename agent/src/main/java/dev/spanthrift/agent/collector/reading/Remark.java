package dev.spanthrift.agent.collector.reading;

/**
 * Something in a foreign configuration that is not carried over as it stands.
 *
 * @param name by which a person accepts it, such as {@code processors/redaction}
 * @param where file and line
 * @param key path in the file
 */
public record Remark(String name, String where, String key, String reason, Kind kind) {
  /** What becomes of it, by what a person would lose. */
  public enum Kind {
    /** It is missing, and data or its protection would fall away with it. */
    LOSS("is left out"),
    /** It is missing now. */
    LEFT_OUT("is left out"),
    /** It is there, and some traces are decided otherwise than the foreign program would. */
    DIFFERS("decides otherwise"),
    /** It is received, kept in memory or sent in another way, which an observer can tell. */
    OTHERWISE("is done otherwise"),
    /** The same comes of it. */
    NOTE("");

    private final String verb;

    Kind(String verb) {
      this.verb = verb;
    }

    /** What a sentence about it says; nothing of a note. */
    public String verb() {
      return verb;
    }
  }

  /** Whether decisions, data or their way are others than there; {@code --strict} refuses that. */
  public boolean lost() {
    return kind != Kind.NOTE;
  }

  @Override
  public String toString() {
    return where + ": " + (key + " " + kind.verb).strip() + ": " + reason;
  }
}
