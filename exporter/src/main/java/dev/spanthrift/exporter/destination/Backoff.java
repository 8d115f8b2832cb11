package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.settings.ExportSettings.Retry;
import dev.spanthrift.exporter.transport.SendResult;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: exponential, with full jitter (specs.md C7).
 *
 * <p>The n-th wait is uniform in [0, min(max, initial · 2^(n−1))), so that a fleet that failed
 * together does not come back together.
 */
public final class Backoff {
  private static final long TRY_NANOS_MAX = Duration.ofSeconds(4).toNanos();

  private final long initialNanos;
  private final long maxNanos;
  private final RandomGenerator random;

  public Backoff(Retry retry, RandomGenerator random) {
    this.initialNanos = retry.initial().toNanos();
    this.maxNanos = retry.max().toNanos();
    this.random = random;
  }

  /**
   * Wait after the given number of failures in a row, 1 or more.
   *
   * @param askedNanos what the backend asked for, or {@link SendResult.Again#OWN_BACKOFF}
   */
  public long nanosAfter(int failures, long askedNanos) {
    if (askedNanos < 0) {
      return random.nextLong(ceiling(failures));
    }
    // Up to a tenth later than asked, for the same reason. A backend that says "at once" again and
    // again gets one attempt at once; then the first step of the backoff is the least.
    long asked = askedNanos + random.nextLong(askedNanos / 10 + 1);
    return failures == 1 ? asked : Math.max(asked, random.nextLong(initialNanos));
  }

  /**
   * Wait before a backend that has taken nothing so often in a row is tried again: as above, but
   * never longer than a few seconds, so that it is found soon, and after the first failure never
   * much less, so that nobody is stormed.
   */
  long nanosToNextTry(int failures, long askedNanos) {
    if (askedNanos >= 0) {
      return nanosAfter(failures, askedNanos);
    }
    long most = Math.min(ceiling(failures), TRY_NANOS_MAX);
    return failures == 1 ? random.nextLong(most) : most / 2 + random.nextLong(most / 2 + 1);
  }

  private long ceiling(int failures) {
    int doublings = Math.min(failures - 1, 40);
    return doublings >= Long.numberOfLeadingZeros(initialNanos) - 1
        ? maxNanos
        : Math.min(maxNanos, initialNanos << doublings);
  }
}
