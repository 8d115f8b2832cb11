package dev.spanthrift.exporter.destination;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of a destination: the first of each reason at once, then one a minute with a count.
 *
 * <p>Bounded by the number of reasons, which are status codes and our own words.
 */
final class Complaints {
  private static final Logger log = LoggerFactory.getLogger(Complaints.class);
  private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

  private record Quiet(long untilNanos, long suppressed) {}

  private final String destination;
  private final Map<String, Quiet> quiet = new ConcurrentHashMap<>();

  Complaints(String destination) {
    this.destination = destination;
  }

  /** Logs or counts; {@code text} is what the backend said, without our headers. */
  void log(String reason, String text, long nowNanos) {
    quiet.compute(
        reason,
        (key, before) -> {
          if (before != null && nowNanos < before.untilNanos()) {
            return new Quiet(before.untilNanos(), before.suppressed() + 1);
          }
          long suppressed = before == null ? 0 : before.suppressed();
          String more = suppressed == 0 ? "" : " (" + suppressed + " more like it)";
          log.warn("destination {}: {}{}", destination, text, more);
          return new Quiet(nowNanos + PAUSE_NANOS, 0);
        });
  }
}
