package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.signal.LogBuckets;

/**
 * Layout of a pod's report to the fleet: one vector of numbers, of which the fleet's are the maxima
 * or the sums.
 */
public final class FleetReport {
  /** Latest arrival, unix seconds; the fleet's is the maximum. */
  static final int LAST_ARRIVAL = 0;

  /** Seconds with traffic since the start; the fleet's is the maximum. */
  static final int ACTIVE_SECONDS = 1;

  /** The first so many are maxima, the others sums. */
  public static final int MAXIMA = 2;

  static final int PODS = 2;
  static final int INFLOW_MEAN = 3;
  static final int INFLOW_RECENT = 4;
  static final int RECEIVED_MEAN = 5;
  static final int RECEIVED_RECENT = 6;
  static final int RECEIVED_NOW = 7;

  /** Price really kept for traces that a class began, for each class and the base rate. */
  static final int KEPT = 8;

  /** Price that the decisions predicted, likewise. */
  static final int PREDICTED = KEPT + TraceClass.COUNT + 1;

  /** For each class: demand per second by score, then demand·score. */
  static final int DEMAND = PREDICTED + TraceClass.COUNT + 1;

  static final int DEMAND_LENGTH = 2 * WaterFilling.BUCKETS;

  /** Histogram of the time lost per fragment. */
  static final int LOST = DEMAND + TraceClass.COUNT * DEMAND_LENGTH;

  /** Histogram of the excess of deciding fragments. */
  static final int EXCESS = LOST + LogBuckets.COUNT;

  public static final int LENGTH = EXCESS + LogBuckets.COUNT;

  private FleetReport() {}
}
