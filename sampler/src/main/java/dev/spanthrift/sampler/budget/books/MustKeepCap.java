package dev.spanthrift.sampler.budget.books;

/**
 * How much of the money policies that keep for certain may take, so that an error storm cannot
 * starve the rest.
 *
 * <p>A bucket filled with the share of the allowance, at most a quarter of an hour's worth; what
 * asks when it is empty goes on to the allocation like everything else. Any thread; the lock is
 * taken once for each fragment that such a policy keeps.
 */
public final class MustKeepCap {
  private static final double SECONDS_MAX = 900;

  private double share = 1;
  private double perSecond;
  private double level;
  private long refused;

  /** Sets what comes in; a share of 1 caps nothing. */
  public synchronized void allow(double allowancePerSecond, double share) {
    this.share = share;
    boolean first = perSecond <= 0;
    perSecond = allowancePerSecond * share;
    level = first ? perSecond * 60 : Math.min(level, perSecond * SECONDS_MAX);
  }

  /** Lets money come in for so long. */
  public synchronized void pass(double seconds) {
    level = Math.min(level + perSecond * seconds, perSecond * SECONDS_MAX);
  }

  /** Whether a policy may keep something of this price; takes the money if so. */
  public synchronized boolean admits(long price) {
    if (share >= 1) {
      return true;
    }
    if (level < price) {
      refused++;
      return false;
    }
    level -= price;
    return true;
  }

  /** Of the allowance; 1 where nothing is capped. */
  public synchronized double share() {
    return share;
  }

  /** How often the answer was no. */
  public synchronized long refused() {
    return refused;
  }
}
