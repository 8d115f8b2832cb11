package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.probability.Threshold;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the policies say about one fragment.
 *
 * <p>A holder that is filled again and again: one for each deciding thread.
 */
public final class Decision {
  /** What to do with the fragment. */
  public enum Outcome {
    /** Keep, whatever the budget; probability 1. */
    KEEP,
    DROP,
    /** Keep if the trace's randomness passes {@link #threshold}. */
    PROBABILITY,
    /** Let the budget find the probability. */
    BUDGET
  }

  /** {@link #policy} when none matched. */
  public static final int FALLBACK = -1;

  private Outcome outcome = Outcome.BUDGET;
  private double probability;
  private double weight;
  private boolean ofArrived;
  private long ownThreshold;
  private int policy = FALLBACK;
  private String reason = "";
  private int[] shadows = new int[8];
  private boolean[] less = new boolean[8]; // of these, what was counted as one
  private int shadowCount;
  private @Nullable Decision scratch;

  void begin() {
    shadowCount = 0;
  }

  void addShadow(int index) {
    if (shadowCount == shadows.length) {
      shadows = Arrays.copyOf(shadows, shadowCount * 2);
      less = Arrays.copyOf(less, shadowCount * 2);
    }
    less[shadowCount] = false;
    shadows[shadowCount++] = index;
  }

  void markLess(int i) {
    less[i] = true;
  }

  boolean isLess(int i) {
    return less[i];
  }

  /** A second holder, for what policies in shadow would say. */
  Decision scratch() {
    Decision known = scratch;
    if (known == null) {
      known = new Decision();
      scratch = known;
    }
    return known;
  }

  void set(int index, String name) {
    policy = index;
    reason = name;
  }

  void keep() {
    set(Outcome.KEEP, 1, 1, false, 0);
  }

  void drop() {
    set(Outcome.DROP, 0, 1, false, Threshold.MAX);
  }

  void probability(double p, long threshold, boolean ofWhatArrived) {
    set(Outcome.PROBABILITY, p, 1, ofWhatArrived, threshold);
  }

  void budget(double w) {
    set(Outcome.BUDGET, Double.NaN, w, false, Threshold.UNKNOWN);
  }

  private void set(Outcome newOutcome, double p, double w, boolean ofWhatArrived, long threshold) {
    outcome = newOutcome;
    probability = p;
    weight = w;
    ofArrived = ofWhatArrived;
    ownThreshold = threshold;
  }

  public Outcome outcome() {
    return outcome;
  }

  /** 1 for a keep, 0 for a drop, NaN when the budget has to find it. */
  public double probability() {
    return probability;
  }

  /** How much more than an ordinary trace it is worth to the budget. */
  public double weight() {
    return weight;
  }

  /**
   * Whether the probability is a part of what arrived, so that it is multiplied with upstream's
   * (specs.md 2E, proportional), rather than a part of all there was (equalizing).
   */
  public boolean isOfArrived() {
    return ofArrived;
  }

  /**
   * The threshold that the trace's randomness must pass: the larger of upstream's and ours.
   *
   * @param upstream from the trace state, or {@link Threshold#UNKNOWN}
   * @return {@link Threshold#MAX} for a drop, {@link Threshold#UNKNOWN} for the budget
   */
  public long threshold(long upstream) {
    if (outcome == Outcome.BUDGET || outcome == Outcome.DROP) {
      return ownThreshold;
    }
    if (!ofArrived || upstream <= 0) {
      return Math.max(upstream, ownThreshold);
    }
    double product = probabilityOfAll(upstream);
    return product < 0x1p-56
        ? Threshold.MAX
        : Math.max(upstream, Threshold.valueOf(product, Threshold.DEFAULT_PRECISION));
  }

  /** The probability as a part of all there was before upstream left some out. */
  public double probabilityOfAll(long upstream) {
    return ofArrived && upstream > 0
        ? probability * ((Threshold.MAX - upstream) / 0x1p56)
        : probability;
  }

  /** Index of the deciding policy, or {@link #FALLBACK}. */
  public int policy() {
    return policy;
  }

  /** Name of the deciding policy, or {@link PolicySet#FALLBACK_REASON}. */
  public String reason() {
    return reason;
  }

  /** How many policies in shadow matched before the deciding one. */
  public int shadowCount() {
    return shadowCount;
  }

  /** Index of the i-th of them. */
  public int shadow(int i) {
    return shadows[i];
  }
}
