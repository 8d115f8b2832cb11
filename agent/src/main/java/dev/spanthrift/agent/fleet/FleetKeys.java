package dev.spanthrift.agent.fleet;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The keys of one fleet on the engine; what all pods share lies in one slot of a Cluster. */
final class FleetKeys {
  /** Reports are added up over so long; the script knows the same. */
  static final long GENERATION_NANOS = 5_000_000_000L;

  private static final Duration LIFE_AFTER_WAIT = Duration.ofSeconds(60);

  private final String traces;
  private final byte[][] sums;
  private final String shared;
  private final byte[] books;
  private final byte[] pod;
  private final byte[] lifeMillis;

  FleetKeys(String prefix, String fleet, String pod, Duration wait) {
    traces = fleet.equals("default") ? prefix : prefix + "." + fleet;
    shared = prefix + "{" + fleet + "}";
    sums = new byte[][] {ascii(shared + "total"), ascii(shared + "report"), ascii(shared + "pods")};
    books = ascii(shared + "books");
    this.pod = pod.getBytes(StandardCharsets.UTF_8);
    lifeMillis = ascii(String.valueOf(wait.plus(LIFE_AFTER_WAIT).toMillis()));
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  TraceCalls calls(boolean bySlot) {
    return new TraceCalls(traces, bySlot);
  }

  byte[][] sums() {
    return sums.clone();
  }

  byte[] pods() {
    return sums[2].clone();
  }

  /** Counts of one hour since 1970. */
  byte[] edges(long hour) {
    return ascii(shared + "edges" + hour);
  }

  byte[] books() {
    return books.clone();
  }

  byte[] pod() {
    return pod.clone();
  }

  byte[] lifeMillis() {
    return lifeMillis.clone();
  }
}
