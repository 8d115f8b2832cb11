package dev.spanthrift.sampler;

/**
 * Where a trace is at the moment.
 *
 * @param spans that wait
 * @param heldNanos since its first span came; 0 unless it waits
 * @param remembered what late spans of it would follow
 */
public record Whereabouts(
    State state, int spans, long bytes, long heldNanos, Remembered remembered) {
  /** Nothing is known of it. */
  public static final Whereabouts NOWHERE =
      new Whereabouts(State.ABSENT, 0, 0, 0, Remembered.NOTHING);

  /** What its fragment does. */
  public enum State {
    /** None of its spans is held. */
    ABSENT,
    /** Its spans are gathered, and it is not decided. */
    WAITING,
    /** It is decided, and another pod or a late error may still keep it. */
    LIMBO
  }

  /** A decision that late spans follow. */
  public enum Remembered {
    /** Never decided here, or so long ago that it is forgotten. */
    NOTHING,
    KEPT,
    DROPPED
  }
}
