package dev.spanthrift.agent.demo;

import java.util.concurrent.TimeUnit;

/**
 * The scripted incident: from one moment to another the payment service fails often and is slow.
 */
record Incident(long fromNanos, long toNanos) {
  static final double FAILING = 0.4;
  static final double SLOWER = 12;

  enum Phase {
    AHEAD,
    RUNNING,
    OVER
  }

  /**
   * At 20 s for 25 s; in a demo that ends by itself early enough to be seen.
   *
   * @param seconds length of the demo, 0 for no end
   */
  static Incident within(long seconds) {
    long length = seconds == 0 ? Long.MAX_VALUE : seconds;
    long from = Math.min(20, length / 3);
    long to = from + Math.min(25, length / 3);
    return new Incident(TimeUnit.SECONDS.toNanos(from), TimeUnit.SECONDS.toNanos(to));
  }

  Phase phase(long sinceStartNanos) {
    if (sinceStartNanos < fromNanos) {
      return Phase.AHEAD;
    }
    return sinceStartNanos < toNanos ? Phase.RUNNING : Phase.OVER;
  }
}
