package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.budget.ledger.TraceDigest;
import dev.spanthrift.sampler.signal.Reading;

/** A fragment that is to be scored, with what is known around it; valid during one call. */
public final class Candidate {
  private static final double ROOTS_EXPECTED = .5;

  Reading reading = new Reading();
  TraceDigest digest = new TraceDigest();
  double relativePrice;
  double rooted;

  public Reading reading() {
    return reading;
  }

  /** The whole trace's for a root fragment, else the fragment's own. */
  public TraceDigest digest() {
    return digest;
  }

  /** Expected price of the whole trace, in multiples of a usual one. */
  public double relativePrice() {
    return relativePrice;
  }

  /**
   * Whether the trace's worth is judged here: by the root's fragment, which sees the whole, or by
   * each fragment where the fleet does not see the roots of such traces.
   */
  public boolean decides() {
    return reading.isRoot() || rooted <= ROOTS_EXPECTED;
  }
}
