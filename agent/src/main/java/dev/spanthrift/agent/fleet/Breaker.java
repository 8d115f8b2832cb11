package dev.spanthrift.agent.fleet;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Leaves an engine alone that has failed several times in a row; looks again after a while, twice
 * as long after each further failure, and never at the same moment as other sidecars.
 *
 * <p>Used by one thread; {@link #awaySinceNanos} by any.
 */
final class Breaker {
  private static final int FAILURES = 3;
  private static final long FIRST_NANOS = 500_000_000L;
  private static final long MOST_NANOS = 10_000_000_000L;

  private final DoubleSupplier jitter;
  private int failures;
  private long backoff = FIRST_NANOS;
  private long closedUntil = Long.MIN_VALUE;
  private volatile long awaySinceNanos = Long.MIN_VALUE;

  Breaker() {
    this(() -> ThreadLocalRandom.current().nextDouble());
  }

  /**
   * @param jitter from 0 to 1
   */
  Breaker(DoubleSupplier jitter) {
    this.jitter = jitter;
  }

  /** Whether the engine may be asked now. */
  boolean lets(long now) {
    return failures < FAILURES || now - closedUntil >= 0;
  }

  /** Whether it has failed too often to be asked a second time at once. */
  boolean isOpen() {
    return failures >= FAILURES;
  }

  void succeeded() {
    failures = 0;
    backoff = FIRST_NANOS;
    awaySinceNanos = Long.MIN_VALUE;
  }

  /** Notes that the engine was not asked, because it cannot be. */
  void passedOver(long now) {
    if (awaySinceNanos == Long.MIN_VALUE) {
      awaySinceNanos = now;
    }
  }

  void failed(long now) {
    passedOver(now);
    if (++failures >= FAILURES) {
      closedUntil = now + (long) (backoff * (.5 + .5 * jitter.getAsDouble()));
      backoff = Math.min(MOST_NANOS, backoff * 2);
    }
  }

  /** When the first of the failures came that nothing has ended; MIN_VALUE while all is well. */
  long awaySinceNanos() {
    return awaySinceNanos;
  }
}
