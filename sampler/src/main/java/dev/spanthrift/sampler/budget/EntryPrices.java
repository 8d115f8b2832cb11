package dev.spanthrift.sampler.budget;

import dev.spanthrift.sampler.signal.DecayingCounts;

/** Learned price of whole traces by their entry operation. */
final class EntryPrices {
  private static final int BOUND = 8_192;
  private static final double DAY = 86_400;
  private static final long ALL = 0xa11;
  private static final double UNKNOWN_TIMES_OWN = 8;
  private static final double KNOWN_FROM = 5;

  final DecayingCounts counts = new DecayingCounts(BOUND, DAY);
  final DecayingCounts roots = new DecayingCounts(BOUND, DAY);
  final DecayingCounts seens = new DecayingCounts(BOUND, DAY);
  final DecayingCounts sums = new DecayingCounts(BOUND, DAY);

  void learn(long entry, double seen, double whole, boolean rooted, int nowSeconds) {
    if (rooted) {
      roots.add(entry, 1, nowSeconds);
      roots.add(ALL, 1, nowSeconds);
    }
    counts.add(entry, 1, nowSeconds);
    sums.add(entry, whole, nowSeconds);
    seens.add(entry, seen, nowSeconds);
    counts.add(ALL, 1, nowSeconds);
    sums.add(ALL, whole, nowSeconds);
  }

  /** Share of the entry's traces whose root the fleet saw; for an unknown entry of all, else 1. */
  double rooted(long entry, int nowSeconds) {
    double count = counts.count(entry, nowSeconds);
    if (count >= KNOWN_FROM) {
      return roots.count(entry, nowSeconds) / count;
    }
    double all = counts.count(ALL, nowSeconds);
    return all >= KNOWN_FROM ? roots.count(ALL, nowSeconds) / all : 1;
  }

  /** The mean of all whole traces, at least what was seen. */
  double usual(double seen, int nowSeconds) {
    double count = counts.count(ALL, nowSeconds);
    return count > 0 ? Math.max(seen, sums.count(ALL, nowSeconds) / count) : seen;
  }

  /**
   * Expected price of the whole trace.
   *
   * <p>For a root: what was seen of the trace by now, times how much more it was in the end for
   * this entry. Else the mean of the entry, or of all. Nothing known: eight times the fragment's
   * own.
   */
  double expected(long entry, boolean root, double own, double seen, int nowSeconds) {
    double count = counts.count(entry, nowSeconds);
    double sum = count > 0 ? sums.count(entry, nowSeconds) : 0;
    if (root && sum > 0) {
      return seen * Math.max(1, sum / Math.max(1, seens.count(entry, nowSeconds)));
    }
    if (sum <= 0) {
      count = counts.count(ALL, nowSeconds);
      sum = sums.count(ALL, nowSeconds);
    }
    return Math.max(seen, count > 0 && sum > 0 ? sum / count : UNKNOWN_TIMES_OWN * own);
  }
}
