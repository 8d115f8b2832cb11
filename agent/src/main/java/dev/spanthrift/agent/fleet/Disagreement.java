package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.pipeline.FleetStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names the sidecars of a fleet that differ in policies, budgets or prices: once in the log, and in
 * the status as long as they do. All members are read only then, at most once a minute.
 */
final class Disagreement {
  private static final Logger log = LoggerFactory.getLogger(Disagreement.class);
  private static final String SOMEBODY = "the fleet's sidecars decide differently";
  private static final long AGAIN_NANOS = 60_000_000_000L;

  private final byte[] podsKey;
  private final long timeoutMillis;
  private volatile String words = "";
  private long lookedNanos;

  Disagreement(byte[] podsKey, long timeoutMillis) {
    this.podsKey = podsKey;
    this.timeoutMillis = timeoutMillis;
  }

  /** What is wrong; empty when all agree. */
  String words() {
    return words;
  }

  /** With each report; never blocks. */
  void look(Link link, boolean divided, long generation) {
    if (!divided) {
      if (!words.isEmpty()) {
        words = "";
        log.info("fleet: all sidecars decide by the same policies, budgets and prices again");
      }
    } else if (words.isEmpty() || System.nanoTime() - lookedNanos >= AGAIN_NANOS) {
      boolean first = words.isEmpty();
      words = first ? SOMEBODY : words;
      lookedNanos = System.nanoTime();
      var unused =
          FleetMembers.read(link, podsKey, generation, timeoutMillis)
              .whenComplete((members, e) -> name(first, members, e));
    }
  }

  private void name(
      boolean first, @Nullable List<FleetStatus.Member> members, @Nullable Throwable e) {
    String named = members == null ? "" : FleetStatus.disagreement(members);
    if (!named.isEmpty() && !words.isEmpty()) {
      words = named;
    }
    if (first) {
      String why = e == null ? "" : " (who does cannot be read: " + Engine.deepest(e) + ")";
      log.warn("fleet: {}{}", named.isEmpty() ? SOMEBODY : named, why);
    }
  }
}
