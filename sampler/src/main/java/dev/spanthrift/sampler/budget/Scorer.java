package dev.spanthrift.sampler.budget;

import dev.spanthrift.sampler.signal.Reading;

/**
 * Says how much one more example like this is worth, class by class, before any price.
 *
 * <p>Allocation multiplies each score by its class's price μ; only ratios inside a class matter.
 */
public interface Scorer {
  /**
   * Counts the fragment and fills its scores, 0 for a class that it is not in.
   *
   * @param digest of the whole trace for a root fragment, else the fragment's own
   * @param rooted share of such fragments' traces whose root's fragment decides, with all in view
   * @param relativePrice price of the whole trace, in multiples of a usual one
   * @param lost quantiles of the time lost over the fleet
   * @param scores one for each class, all 0 at the call
   */
  void score(
      Reading reading,
      TraceDigest digest,
      double rooted,
      double relativePrice,
      LostTime lost,
      int nowSeconds,
      double[] scores);

  /** Called once per tick. */
  default void tick(int nowSeconds) {}
}
