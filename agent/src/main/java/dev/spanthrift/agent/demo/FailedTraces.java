package dev.spanthrift.agent.demo;

import java.util.Map;
import java.util.TreeMap;

/**
 * Counts failed traces by the second in which they began, so that what was made and what arrived
 * can be compared over the same traces. Any thread.
 *
 * <p>Bounded: the oldest seconds are added up.
 */
final class FailedTraces {
  private static final int SECONDS_MAX = 120;

  private final TreeMap<Long, Long> bySecond = new TreeMap<>();
  private long older;

  /**
   * How many were made, and how many arrived.
   *
   * @param due old enough to be decided and delivered, if they are kept
   * @param arrived of these
   * @param made all, also those that may still wait
   * @param seen all that arrived
   */
  record Count(long due, long arrived, long made, long seen) {
    /** 1 where there are none. */
    double share() {
      return due == 0 ? 1 : (double) arrived / due;
    }

    /** Of those that began before this second. */
    static Count of(FailedTraces made, FailedTraces arrived, long before) {
      long seen = arrived.before(Long.MAX_VALUE); // before what was made, so that it is never more
      return new Count(
          made.before(before), arrived.before(before), made.before(Long.MAX_VALUE), seen);
    }
  }

  synchronized void add(long startUnixNanos) {
    bySecond.merge(startUnixNanos / 1_000_000_000L, 1L, Long::sum);
    if (bySecond.size() > SECONDS_MAX) {
      older += bySecond.pollFirstEntry().getValue();
    }
  }

  /** Those that began before this second. */
  synchronized long before(long unixSecond) {
    long sum = older;
    for (Map.Entry<Long, Long> second : bySecond.headMap(unixSecond).entrySet()) {
      sum += second.getValue();
    }
    return sum;
  }
}
