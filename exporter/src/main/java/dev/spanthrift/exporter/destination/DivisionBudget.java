package dev.spanthrift.exporter.destination;

/**
 * How many extra requests may be spent on finding out which part of a refused request is meant.
 *
 * <p>An extra request costs one, an accepted one gives two back. A request that is divided down to
 * its leaves is a binary tree: with a accepted and b refused ends it has 2 (a + b − 1) requests
 * below its root, so that each refused end costs two, however large the request was. A backend that
 * refuses everything therefore gets at most {@link #MOST} extra requests at once and {@link
 * #PER_SECOND} a second afterwards. Not thread-safe: guarded by the lock of its destination.
 */
final class DivisionBudget {
  static final int MOST = 512;
  static final int PER_SECOND = 4;

  private static final double NANOS = 1e9;
  private double left = MOST;
  private long seenNanos;

  /** Pays for dividing one request into so many; says whether there was enough. */
  boolean pay(int requests, long nowNanos) {
    left = Math.min(MOST, left + (nowNanos - seenNanos) * PER_SECOND / NANOS);
    seenNanos = nowNanos;
    if (left < requests) {
      return false;
    }
    left -= requests;
    return true;
  }

  /** A part that was divided off has been accepted. */
  void accepted() {
    giveBack(2);
  }

  void giveBack(int requests) {
    left = Math.min(MOST, left + requests);
  }
}
