package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.signal.DecayingCounts;

/** Learned price of whole traces by their entry operation. */
final class EntryPrices {
  private static final int BOUND = 8_192;
  private static final double DAY = 86_400;
  private static final long ALL = 0xa11;
  private static final double UNKNOWN_TIMES_OWN = 8;
  private static final double KNOWN_FROM = 5;

  // Columns of an entry.
  private static final int COUNT = 0;
  private static final int ROOTS = 1;
  private static final int SEEN = 2;
  private static final int WHOLE = 3;

  final DecayingCounts sums = new DecayingCounts(BOUND, DAY, 4);

  EntryPrices() {
    sums.add(ALL, COUNT, 0, 0); // it has a place, however many entries come
  }

  void learn(long entry, double seen, double whole, boolean rooted, int nowSeconds) {
    add(entry, seen, whole, rooted, nowSeconds);
    add(ALL, seen, whole, rooted, nowSeconds);
  }

  private void add(long key, double seen, double whole, boolean rooted, int nowSeconds) {
    sums.add(key, COUNT, 1, nowSeconds);
    sums.add(key, ROOTS, rooted ? 1 : 0, nowSeconds);
    sums.add(key, SEEN, seen, nowSeconds);
    sums.add(key, WHOLE, whole, nowSeconds);
  }

  /** Share of the entry's traces whose root the fleet saw; for an unknown entry of all, else 1. */
  double rooted(long entry, int nowSeconds) {
    double count = sums.count(entry, COUNT, nowSeconds);
    if (count >= KNOWN_FROM) {
      return sums.count(entry, ROOTS, nowSeconds) / count;
    }
    double all = sums.count(ALL, COUNT, nowSeconds);
    return all >= KNOWN_FROM ? sums.count(ALL, ROOTS, nowSeconds) / all : 1;
  }

  /** The mean of all whole traces, at least what was seen. */
  double usual(double seen, int nowSeconds) {
    double count = sums.count(ALL, COUNT, nowSeconds);
    return count > 0 ? Math.max(seen, sums.count(ALL, WHOLE, nowSeconds) / count) : seen;
  }

  /**
   * Expected price of the whole trace.
   *
   * <p>For a root: what was seen of the trace by now, times how much more it was in the end for
   * this entry. Else the mean of the entry, or of all. Nothing known: eight times the fragment's
   * own.
   */
  double expected(long entry, boolean root, double own, double seen, int nowSeconds) {
    double count = sums.count(entry, COUNT, nowSeconds);
    double sum = sums.count(entry, WHOLE, nowSeconds);
    if (root && count > 0) {
      return seen * Math.max(1, sum / Math.max(1, sums.count(entry, SEEN, nowSeconds)));
    }
    if (count <= 0) {
      count = sums.count(ALL, COUNT, nowSeconds);
      sum = sums.count(ALL, WHOLE, nowSeconds);
    }
    return Math.max(seen, count > 0 ? sum / count : UNKNOWN_TIMES_OWN * own);
  }
}
