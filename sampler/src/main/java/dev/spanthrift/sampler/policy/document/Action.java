package dev.spanthrift.sampler.policy.document;

/** What a policy does with a trace that matches. */
public sealed interface Action {
  Action KEEP = new Keep();
  Action DROP = new Drop();
  Action BUDGET = new Budget();

  /** Keeps all: probability 1, whatever the budget. */
  record Keep() implements Action {}

  /** Keeps none. */
  record Drop() implements Action {}

  /**
   * Keeps a fixed part.
   *
   * @param probability in [2^-56, 1]
   */
  record Probability(double probability) implements Action {}

  /**
   * Keeps as many as arrive up to this rate, then an evenly thinned part of them.
   *
   * @param perSecond above 0
   */
  record Rate(double perSecond, Unit unit, Per per) implements Action {
    /** Of this process. */
    public Rate(double perSecond, Unit unit) {
      this(perSecond, unit, Per.SIDECAR);
    }
  }

  /** Whose a {@link Rate} is: of each sidecar, or of all together. */
  enum Per {
    SIDECAR,
    FLEET
  }

  /** What a {@link Rate} counts. */
  enum Unit {
    TRACES,
    SPANS
  }

  /**
   * Leaves it to the budget, worth this many times an ordinary trace.
   *
   * <p>Its score counts so many times in each class it is in, so that its probability is as many
   * times that of its like, at most 1; the base rate stays. In a fleet the weight is the trace's:
   * of several the largest above 1, else the smallest.
   *
   * @param weight above 0; 1 is the same as {@link Budget}
   */
  record Weight(double weight) implements Action {}

  /** Leaves it to the budget. */
  record Budget() implements Action {}
}
