package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.signal.LearnedPart;
import java.util.List;

/**
 * Says how much one more example like this is worth, class by class, before any price.
 *
 * <p>Allocation multiplies each score by its class's price μ; only ratios inside a class matter.
 */
public interface Scorer {
  /**
   * Counts the fragment and fills its scores, 0 for a class that it is not in.
   *
   * @param scores one for each class, all 0 at the call
   */
  void score(Candidate candidate, SlowReference slow, int nowSeconds, double[] scores);

  /** Called once per tick. */
  default void tick(int nowSeconds) {}

  /** What it has learned, always in the same order. */
  default List<LearnedPart> learned() {
    return List.of();
  }
}
