package dev.spanthrift.agent.fleet;

import org.jspecify.annotations.Nullable;

/**
 * What all sidecars of a fleet counted together, and the books that follow from it.
 *
 * <p>Counts are decided bytes, spans, events and traces, the same four kept, own cost in picos, and
 * bytes that arrived; they only grow. Nobody waits: answers are what is known by now.
 */
public interface FleetCounts {
  int SIZE = 10;

  /** Tells this sidecar's counts since start; answers the fleet's since ever. */
  double[] exchange(double[] own);

  /** Whether the fleet was reached at least once: before, its counts are this sidecar's alone. */
  boolean isJoined();

  /** The books that the fleet had when this sidecar joined; none when it had none. */
  @Nullable LeftBooks joined();

  /** Sidecars in the fleet, or how many are assumed. */
  double pods();

  /** Leaves books for those who join later. */
  void leave(LeftBooks books);

  /**
   * Saved books.
   *
   * @param counts the fleet's, as far as they are in them
   */
  record LeftBooks(byte[] saved, double[] counts) {}
}
