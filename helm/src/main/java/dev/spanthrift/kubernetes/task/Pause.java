package dev.spanthrift.kubernetes.task;

import java.time.Duration;
import java.time.Instant;

/** Time between two looks, by a wall clock that may be set. */
public final class Pause {
  private Pause() {}

  /**
   * Whether it still lasts; a clock that was set back ends it, else nothing is done for so long.
   */
  public static boolean lasts(Instant since, Duration pause, Instant now) {
    return !now.isBefore(since) && now.isBefore(since.plus(pause));
  }
}
