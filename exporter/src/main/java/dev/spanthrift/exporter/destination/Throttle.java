package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.transport.Timer;

/**
 * How many requests may be in flight: halves when the backend is in trouble, grows by one for each
 * window of successes (specs.md C9).
 *
 * <p>Additive increase, multiplicative decrease, as TCP does it: failures of requests that were
 * sent before the last fall belong to that fall and do not count again. Not thread-safe: guarded by
 * the lock of its destination. Times are nanoseconds of {@link Timer}.
 */
final class Throttle {
  private final int inFlightMax;
  private final Backoff backoff;
  private double limit;
  private int falls;
  private long lastFallNanos = -1;
  private long closedUntilNanos;

  Throttle(int inFlightMax, Backoff backoff) {
    this.inFlightMax = inFlightMax;
    this.backoff = backoff;
    this.limit = inFlightMax;
  }

  int limit() {
    return (int) limit;
  }

  long closedUntilNanos() {
    return closedUntilNanos;
  }

  void answered() {
    falls = 0;
    limit = Math.min(inFlightMax, limit + 1 / limit);
  }

  /**
   * A request was not taken.
   *
   * @return whether it was sent after the last fall, so that this is another one
   */
  boolean refused(long sentNanos, long nowNanos, long askedNanos, long waitNanosMax) {
    boolean fall = sentNanos > lastFallNanos;
    if (fall) {
      falls++;
      limit = Math.max(1, limit / 2);
      lastFallNanos = nowNanos;
      askToWait(nowNanos, Math.min(backoff.nanosToNextTry(falls, askedNanos), waitNanosMax));
    } else if (askedNanos > 0) {
      askToWait(nowNanos, Math.min(askedNanos, waitNanosMax));
    }
    return fall;
  }

  /** The end is near: whatever waits may try once more. */
  void open() {
    closedUntilNanos = 0;
  }

  private void askToWait(long nowNanos, long waitNanos) {
    closedUntilNanos = Math.max(closedUntilNanos, nowNanos + waitNanos);
  }
}
