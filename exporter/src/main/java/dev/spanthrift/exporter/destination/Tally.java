package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.DestinationStatus.Counts;
import java.util.Map;
import java.util.TreeMap;

/**
 * Items of one signal: taken = shipped + queued + the sum of failed.
 *
 * <p>All of them are counted on their own, so that the sum can be wrong when the code is. Guarded
 * by the lock of the destination.
 */
final class Tally {
  private final Map<String, Long> failed = new TreeMap<>();
  private long taken;
  private long shipped;
  private long queued;
  private long shippedBytes;

  void take(long items) {
    taken += items;
    queued += items;
  }

  void ship(long items, long bytes, long rejected) {
    long refused = Math.min(items, Math.max(0, rejected));
    queued -= items;
    shipped += items - refused;
    shippedBytes += bytes;
    if (refused > 0) {
      failed.merge("rejected", refused, Long::sum);
    }
  }

  void fail(long items, String reason) {
    queued -= items;
    failed.merge(reason, items, Long::sum);
  }

  void addLosses(Map<String, Long> losses) {
    failed.forEach((reason, items) -> losses.merge(reason, items, Long::sum));
  }

  Counts counts() {
    return new Counts(taken, shipped, queued, shippedBytes, failed);
  }
}
