package dev.spanthrift.sampler.budget.books;

import java.time.Instant;

/**
 * The time of day, carried by the monotonic clock and checked against the wall's.
 *
 * <p>Rule: a difference of up to a minute is taken over at once (never backwards: time stands still
 * until the wall has caught up). A larger jump is not believed until the wall has stood by it for
 * ten monotonic minutes; then it is taken over, and {@link #hasJumped} tells so once. Assumes ticks
 * at least every few minutes; after a longer pause the monotonic clock still carries the time.
 */
final class TrustedClock {
  private static final long SMALL_MILLIS = 60_000;
  private static final long BELIEVED_AFTER_NANOS = 600_000_000_000L;
  static final Instant LATEST = Instant.parse("9000-01-01T00:00:00Z");

  private long anchorNanos;
  private long anchorMillis;
  private long shownMillis;
  private long strayMillis;
  private long strayNanos;
  private boolean isStray;
  private boolean jumped;
  private boolean started;

  Instant tick(long monotonicNanos, long wallMillis) {
    jumped = false;
    long wall = Math.clamp(wallMillis, 0, LATEST.toEpochMilli());
    if (!started) {
      started = true;
      adopt(monotonicNanos, wall);
      shownMillis = wall;
      return Instant.ofEpochMilli(wall);
    }
    long carried = anchorMillis + (monotonicNanos - anchorNanos) / 1_000_000;
    long difference = wall - carried;
    if (Math.abs(difference) <= SMALL_MILLIS) {
      adopt(monotonicNanos, wall);
    } else {
      stray(monotonicNanos, difference, wall);
    }
    long now = anchorMillis + (monotonicNanos - anchorNanos) / 1_000_000;
    shownMillis = jumped ? now : Math.max(shownMillis, now);
    return Instant.ofEpochMilli(shownMillis);
  }

  private void adopt(long monotonicNanos, long wall) {
    anchorNanos = monotonicNanos;
    anchorMillis = wall;
    isStray = false;
  }

  private void stray(long monotonicNanos, long difference, long wall) {
    boolean isSame = isStray && Math.abs(difference - strayMillis) <= SMALL_MILLIS;
    if (!isSame) {
      isStray = true;
      strayMillis = difference;
      strayNanos = monotonicNanos;
    } else if (monotonicNanos - strayNanos >= BELIEVED_AFTER_NANOS) {
      adopt(monotonicNanos, wall);
      jumped = true;
    }
  }

  /** Whether the last tick took over a jump. */
  boolean hasJumped() {
    return jumped;
  }

  /** Whether the wall shows another time than the one carried. */
  boolean isStray() {
    return isStray;
  }
}
