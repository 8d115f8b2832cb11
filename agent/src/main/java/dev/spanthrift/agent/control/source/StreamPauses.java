package dev.spanthrift.agent.control.source;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt at a stream. Used by one thread.
 *
 * <p>A stream that lived for a minute and ends has often ended with thousands of others, for the
 * replica has gone: these come to the next one over half a minute. One that could not be opened, or
 * was closed soon, is tried again after a second, and twice as long each time, up to half a minute.
 */
final class StreamPauses {
  static final long MILLIS_MAX = 30_000;
  private static final long MILLIS = 1_000;
  private static final int DOUBLINGS_MAX = 5;
  private static final Duration SETTLED = Duration.ofMinutes(1);

  private final RandomGenerator random;
  private int failures;

  StreamPauses(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The next pause in milliseconds.
   *
   * @param lived from the stream's opening to its end; zero for one that was never open
   */
  long after(Duration lived) {
    if (lived.compareTo(SETTLED) >= 0) {
      failures = 0;
      return random.nextLong(MILLIS_MAX + 1);
    }
    long most = Math.min(MILLIS_MAX, MILLIS << Math.min(++failures, DOUBLINGS_MAX));
    return random.nextLong(most / 4, most + 1);
  }
}
