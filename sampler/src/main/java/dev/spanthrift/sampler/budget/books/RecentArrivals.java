package dev.spanthrift.sampler.budget.books;

/**
 * How fast bytes arrive lately, from the first one on. What still waits for its decision counts
 * already: in a fleet that is half a minute's traffic.
 */
final class RecentArrivals {
  private static final double HALF_LIFE_SECONDS = 60;
  private static final double SECONDS_MIN = 5;

  private double bytes;
  private double seconds;

  void observe(long more, double elapsedSeconds) {
    if (more > 0 || isKnown()) {
      double keep = Math.pow(.5, elapsedSeconds / HALF_LIFE_SECONDS);
      bytes = bytes * keep + more;
      seconds = seconds * keep + elapsedSeconds;
    }
  }

  boolean isKnown() {
    return bytes > 0;
  }

  double bytesPerSecond() {
    return bytes / Math.max(SECONDS_MIN, seconds);
  }
}
