package dev.spanthrift.sampler.budget;

import dev.spanthrift.sampler.signal.Reading;

/**
 * What is known of a whole trace, or what one fragment adds to it.
 *
 * <p>Sums, so that the order in which fragments come does not matter.
 */
public final class TraceDigest {
  long path;
  long errors;
  long price;
  boolean rooted;

  public TraceDigest clear() {
    path = 0;
    errors = 0;
    price = 0;
    rooted = false;
    return this;
  }

  /** What one fragment says, and costs. */
  TraceDigest of(Reading reading, long fragmentPrice) {
    path = reading.path();
    errors = reading.errors();
    price = fragmentPrice;
    rooted = reading.isRoot();
    return this;
  }

  /** Sets all; for a ledger that answers. */
  public void set(long path, long errors, long price, boolean rooted) {
    this.path = path;
    this.errors = errors;
    this.price = price;
    this.rooted = rooted;
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

  /** Whether the root's fragment is among those added. */
  public boolean isRooted() {
    return rooted;
  }
}
