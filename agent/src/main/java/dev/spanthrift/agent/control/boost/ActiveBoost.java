package dev.spanthrift.agent.control.boost;

import dev.spanthrift.sampler.Boost;
import org.jspecify.annotations.Nullable;

/**
 * A boost with who wanted it, and its end.
 *
 * @param place from 1: reasons are bounded, so that places are used again
 * @param endedUnixMillis 0 while it is active
 */
public record ActiveBoost(
    String id,
    int place,
    BoostMatch match,
    String reason,
    long sinceUnixMillis,
    long untilUnixMillis,
    long capPicos,
    Boost boost,
    State state,
    long endedUnixMillis) {

  /** Begins the reasons that boosts are counted under. */
  public static final String COUNTED_AS = "boost:";

  /** How it stands. */
  public enum State {
    ACTIVE("active"),
    EXPIRED("expired"),
    CAP_SPENT("capSpent"),
    ENDED("ended"),
    NO_ROOM("noRoom");

    private final String word;

    State(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  static ActiveBoost of(
      String id,
      int place,
      BoostMatch match,
      String reason,
      long since,
      long until,
      long capPicos,
      Boost.Spent spent) {
    return new ActiveBoost(
        id,
        place,
        match,
        reason,
        since,
        until,
        capPicos,
        new Boost(match.condition(), countedAs(place), until, capPicos, spent),
        State.ACTIVE,
        0);
  }

  static String countedAs(int place) {
    return COUNTED_AS + place;
  }

  /** The reason that its keeps are counted under. */
  public String countedAs() {
    return countedAs(place);
  }

  ActiveBoost ended(State as, long unixMillis) {
    return new ActiveBoost(
        id,
        place,
        match,
        reason,
        sinceUnixMillis,
        untilUnixMillis,
        capPicos,
        boost,
        as,
        unixMillis);
  }

  /** Why it would be over by now; null while it is not. */
  @Nullable State due(long unixMillis) {
    if (unixMillis >= untilUnixMillis) {
      return State.EXPIRED;
    }
    return boost.isSpent() ? State.CAP_SPENT : null;
  }

  boolean wasInForce(long unixMillis) {
    return unixMillis >= sinceUnixMillis && (endedUnixMillis == 0 || unixMillis <= endedUnixMillis);
  }
}
