package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings.PerClass;
import dev.spanthrift.sampler.budget.ledger.TraceClass;

/**
 * The prices μ of the classes, from the fleet's sums and what is to be spent per second.
 *
 * <p>Each class gets at most its need, and at least its share as far as it needs it; what is left
 * goes to those that need more, in proportion to their shares. need = overlap · demand, where
 * overlap, learned, is what was really kept over what the decisions predicted: several pods may
 * claim the same trace. Demand is learned over an hour per price received, and follows the load of
 * the moment.
 */
final class ClassPrices {
  private static final double OVERLAP_MIN = .02;
  private static final double OVERLAP_MAX = 2;
  private static final double LOAD_MIN = .1;

  private final PerClass shares;
  private final double[] need = new double[TraceClass.COUNT];
  private final double[] overlap = new double[TraceClass.COUNT];
  private final double[] give = new double[TraceClass.COUNT];
  private final double[] mu = new double[TraceClass.COUNT];

  ClassPrices(PerClass shares) {
    this.shares = shares;
  }

  /**
   * @param fleet the fleet's sums
   * @param target price to be spent per second
   * @param prior amount by which overlap is still believed to be 1
   */
  void compute(double[] fleet, double target, double prior) {
    double load = load(fleet);
    for (int c = 0; c < TraceClass.COUNT; c++) {
      overlap[c] = overlap(fleet, c, prior);
      need[c] = demand(fleet, c) * overlap[c] * load;
      give[c] = Math.min(need[c], shares.of(c) * target);
    }
    shareOut(target);
    for (int c = 0; c < TraceClass.COUNT; c++) {
      mu[c] = WaterFilling.price(fleet, offset(c), give[c] / (overlap[c] * load));
    }
  }

  /** A class that is full leaves its part to the others in the next round. */
  private void shareOut(double target) {
    for (int round = 0; round < TraceClass.COUNT; round++) {
      double left = target;
      double open = 0;
      for (int c = 0; c < TraceClass.COUNT; c++) {
        left -= give[c];
        open += need[c] > give[c] ? shares.of(c) : 0;
      }
      if (left <= 0 || open <= 0) {
        return;
      }
      for (int c = 0; c < TraceClass.COUNT; c++) {
        give[c] = Math.max(give[c], Math.min(need[c], give[c] + left * shares.of(c) / open));
      }
    }
  }

  private static double load(double[] fleet) {
    double mean = fleet[FleetReport.RECEIVED_MEAN];
    return mean > 0 ? Math.max(LOAD_MIN, fleet[FleetReport.RECEIVED_NOW] / mean) : 1;
  }

  private static double overlap(double[] fleet, int c, double prior) {
    double kept = prior + fleet[FleetReport.KEPT + c];
    double predicted = prior + fleet[FleetReport.PREDICTED + c];
    return predicted > 0 ? Math.clamp(kept / predicted, OVERLAP_MIN, OVERLAP_MAX) : 1;
  }

  private static double demand(double[] fleet, int c) {
    double sum = 0;
    for (int b = 0; b < WaterFilling.BUCKETS; b++) {
      sum += fleet[offset(c) + b];
    }
    return sum;
  }

  private static int offset(int c) {
    return FleetReport.DEMAND + c * FleetReport.DEMAND_LENGTH;
  }

  double mu(int c) {
    return mu[c];
  }

  /** Price per second that the class may spend. */
  double give(int c) {
    return give[c];
  }

  /** Price per second that keeping all of the class would cost. */
  double need(int c) {
    return need[c];
  }
}
