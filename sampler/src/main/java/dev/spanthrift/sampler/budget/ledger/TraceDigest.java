package dev.spanthrift.sampler.budget.ledger;

import dev.spanthrift.sampler.signal.Reading;

/**
 * What is known of a whole trace, or what one fragment adds to it.
 *
 * <p>Sums, so that the order in which fragments come does not matter.
 */
public final class TraceDigest {
  public long path;
  public long errors;
  public long price;
  boolean rooted;
  public double weight = 1;
  public long reserved;

  public TraceDigest clear() {
    path = 0;
    errors = 0;
    price = 0;
    rooted = false;
    weight = 1;
    reserved = 0;
    return this;
  }

  /** What one fragment says, and costs. */
  public TraceDigest of(Reading reading, long fragmentPrice) {
    path = reading.path();
    errors = reading.errors();
    price = fragmentPrice;
    rooted = reading.isRoot();
    weight = 1;
    reserved = 0;
    return this;
  }

  /** Sets all; for a ledger that answers. */
  public void set(long path, long errors, long price, boolean rooted, double weight) {
    this.weight = weight;
    this.path = path;
    this.errors = errors;
    this.price = price;
    this.rooted = rooted;
  }

  /** Tells what the trace holds of the level; for a ledger that answers. */
  public void reserved(long amount) {
    reserved = amount;
  }

  /** Sum of the distinct edges' hashes of all pods. */
  public long path() {
    return path;
  }

  /** The same of error edges with their signatures; 0 when there is no error. */
  public long errors() {
    return errors;
  }

  /** Price so far. */
  public long price() {
    return price;
  }

  /** How many times an ordinary trace it is worth, by the policies of all pods. */
  public double weight() {
    return weight;
  }

  /**
   * The weight of a trace that two pods' policies weigh: the larger if one lifts it, else the
   * smaller; 1 says nothing. Does not depend on the order.
   */
  public static double heavier(double one, double other) {
    return one > 1 || other > 1 ? Math.max(one, other) : Math.min(one, other);
  }

  /** Whether the root's fragment is among those added; for a ledger elsewhere. */
  public boolean isRooted() {
    return rooted;
  }
}
