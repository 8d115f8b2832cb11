package dev.spanthrift.sampler.budget;

import dev.spanthrift.sampler.signal.DecayingCounts;
import dev.spanthrift.sampler.signal.Reading;

/**
 * The four classes: errors, time lost, new paths, ordinary examples.
 *
 * <p>score = weight · n^-a / √(price of the whole trace), with n the group's examples lately, this
 * one included: minimum-variance allocation inside a class. Groups: errors by entry and signature,
 * slow ones by the edge that lost the time, the others by path. Source: sampler-findings, §6.
 */
final class ClassScorer implements Scorer {
  private static final int BOUND = 12_288;
  private static final double DAY = 86_400;
  private static final double TEN_MINUTES = 600;
  private static final long ALL_ROOTS = 0x5eed;

  private final AllocationSettings settings;
  final DecayingCounts errors = new DecayingCounts(BOUND, Double.parseDouble(System.getProperty("EH","600")));
  final DecayingCounts culprits = new DecayingCounts(BOUND, TEN_MINUTES);
  final DecayingCounts paths = new DecayingCounts(BOUND, DAY);
  private final DecayingCounts roots = new DecayingCounts(1, DAY);
  private int replicas = 1;
  static final int V = Integer.getInteger("V", 1);

  ClassScorer(AllocationSettings settings) {
    this.settings = settings;
  }

  /** Counts are this pod's: n examples here are n·replicas in the fleet. */
  void replicas(int count) {
    replicas = Math.max(1, count);
  }

  @Override
  public void score(
      Reading reading,
      TraceDigest digest,
      double rooted,
      double relativePrice,
      LostTime lost,
      int nowSeconds,
      double[] scores) {
    double inverse = 1 / Math.sqrt(relativePrice);
    boolean left = !reading.isRoot() && rooted > .5;
    if (digest.errors != 0 && (!left || (V & 1) == 0)) {
      double n = errors.add(digest.path, 1, nowSeconds);
      scores[0] = weight(n, settings.exponents().error()) * inverse;
    }
    double lostNanos = (V & 4) == 0 ? digest.lostNanos : reading.lostNanos();
    long culprit = (V & 4) == 0 ? digest.culprit : reading.culprit();
    if (lostNanos > lost.p98() && lostNanos > 0 && (!left || (V & 2) == 0)) {
      double n = culprits.add(culprit, 1, nowSeconds);
      double ratio = lost.p99() > 0 ? lostNanos / lost.p99() : settings.slowCap();
      double worth = Math.min(settings.slowCap(), ratio * ratio);
      scores[1] = worth * weight(n, settings.exponents().slow()) * inverse;
    }
    if (reading.isRoot()) {
      scorePath(digest.path, inverse, nowSeconds, scores);
    }
  }

  private void scorePath(long path, double inverse, int nowSeconds, double[] scores) {
    double n = paths.add(path, 1, nowSeconds);
    double all = roots.add(ALL_ROOTS, 1, nowSeconds);
    if (n <= settings.newCountMax() || n <= settings.newShareMax() * all) {
      scores[2] = weight(n, settings.exponents().fresh()) * inverse;
    }
    scores[3] = weight(n, settings.exponents().ordinary()) * inverse;
  }

  private double weight(double n, double exponent) {
    return exponent == 0 ? 1 : Math.pow(n * replicas, -exponent);
  }
}
