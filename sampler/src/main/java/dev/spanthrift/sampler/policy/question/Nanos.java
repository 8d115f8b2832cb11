package dev.spanthrift.sampler.policy.question;

import java.time.Duration;

/** Durations as nanoseconds in a long; what does not fit is the longest that does. */
final class Nanos {
  private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

  private Nanos() {}

  static long of(Duration duration) {
    return duration.compareTo(MAX) >= 0 ? Long.MAX_VALUE : duration.toNanos();
  }
}
