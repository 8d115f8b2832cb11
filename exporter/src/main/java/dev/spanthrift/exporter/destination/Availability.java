package dev.spanthrift.exporter.destination;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the backend takes anything, and the two lines that a person reads about it: {@code away}
 * with the reason, {@code back} with how long and how much.
 *
 * <p>Away is who has failed twice in a row with nothing taken in between: one lost connection is no
 * outage. Not thread-safe: guarded by the lock of its destination. Times are nanoseconds of its
 * timer.
 */
final class Availability {
  private static final Logger log = LoggerFactory.getLogger(Availability.class);
  private static final int FAILURES_OF_AN_OUTAGE = 2;

  private final String destination;
  private int failures;
  private long firstFailureNanos;
  private @Nullable Map<String, Long> before;

  Availability(String destination) {
    this.destination = destination;
  }

  boolean isAway() {
    return before != null;
  }

  /** A round of tries has failed, for which the way or the whole backend is to blame. */
  void failed(long nowNanos, DestinationCounts counts, long queueBytesMax) {
    firstFailureNanos = failures == 0 ? nowNanos : firstFailureNanos;
    failures++;
    if (failures == FAILURES_OF_AN_OUTAGE) {
      before = counts.losses();
      log.warn(
          "destination {} is away: {}; what is kept waits, {} of {} so far, and one try every few"
              + " seconds will find it again",
          destination,
          counts.lastError(),
          mebibytes(counts.queuedBytes()),
          mebibytes(queueBytesMax));
    }
  }

  /** Something was taken, or refused for what it is. */
  void answered(long nowNanos, DestinationCounts counts) {
    failures = 0;
    Map<String, Long> then = before;
    if (then != null) {
      before = null;
      log.info(
          "destination {} is back after {}: {} wait to be sent; meanwhile {}",
          destination,
          words(Duration.ofNanos(nowNanos - firstFailureNanos)),
          mebibytes(counts.queuedBytes()),
          lost(counts.losses(), then));
    }
  }

  private static String lost(Map<String, Long> now, Map<String, Long> then) {
    Map<String, Long> lost = new TreeMap<>();
    now.forEach((reason, items) -> lost.put(reason, items - then.getOrDefault(reason, 0L)));
    lost.values().removeIf(items -> items == 0);
    return lost.isEmpty() ? "nothing was lost" : "lost " + lost;
  }

  static String words(Duration time) {
    long seconds = time.toSeconds();
    return seconds < 120
        ? String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0)
        : seconds / 60 + " min " + seconds % 60 + " s";
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
  }
}
