package dev.spanthrift.sampler.budget.ledger;

/** Why a fragment may be worth its price; each class has a share of the budget. */
public enum TraceClass {
  /** A span has status ERROR. */
  ERROR,
  /** Time was lost against what is usual. */
  SLOW,
  /** The trace's path was hardly ever seen. */
  NEW,
  /** A normal example of its path. */
  ORDINARY,
  /** No class asked for more than the base rate, which every trace has. */
  BASE,
  /** None: a policy keeps the trace, here or in another pod. */
  POLICY;

  /** Classes that have a share; {@link #BASE} and {@link #POLICY} are none of them. */
  public static final int COUNT = 4;

  private static final TraceClass[] VALUES = values();

  public static TraceClass of(int ordinal) {
    return VALUES[ordinal];
  }
}
