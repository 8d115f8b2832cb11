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
  final DecayingCounts errors = new DecayingCounts(BOUND, TEN_MINUTES);
  final DecayingCounts culprits = new DecayingCounts(BOUND, TEN_MINUTES);
  final DecayingCounts paths = new DecayingCounts(BOUND, DAY);
  private final DecayingCounts roots = new DecayingCounts(1, DAY);
  private int replicas = 1;

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
      long path,
      double relativePrice,
      LostTime lost,
      int nowSeconds,
      double[] scores) {
    double inverse = 1 / Math.sqrt(relativePrice);
    if (reading.errorGroup() != 0) {
      double n = errors.add(reading.errorGroup(), 1, nowSeconds);
      scores[0] = weight(n, settings.exponents().error()) * inverse;
    }
    if (reading.lostNanos() > lost.p98() && reading.lostNanos() > 0) {
      double n = culprits.add(reading.culprit(), 1, nowSeconds);
      double ratio = lost.p99() > 0 ? reading.lostNanos() / lost.p99() : settings.slowCap();
      double worth = Math.min(settings.slowCap(), ratio * ratio);
      scores[1] = worth * weight(n, settings.exponents().slow()) * inverse;
    }
    if (reading.isRoot()) {
      scorePath(path, inverse, nowSeconds, scores);
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
