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
  final DecayingCounts errors =
      new DecayingCounts(BOUND, Double.parseDouble(System.getProperty("EH", "600")));
  final DecayingCounts culprits = new DecayingCounts(BOUND, TEN_MINUTES);
  final DecayingCounts paths = new DecayingCounts(BOUND, DAY);
  private final DecayingCounts roots = new DecayingCounts(1, DAY);
  private int replicas = 1;
  private final dev.spanthrift.sampler.signal.EdgeDurations pathDurations =
      new dev.spanthrift.sampler.signal.EdgeDurations(
          4096, 20, Double.parseDouble(System.getProperty("U", ".05")));
  private final double[] hist = new double[dev.spanthrift.sampler.signal.LogBuckets.COUNT];
  private final LostTime L = new LostTime();
  private int roots2;
  static final double Q = Double.parseDouble(System.getProperty("Q", "1"));
  static final double P = Double.parseDouble(System.getProperty("P", "2"));

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
    if (reading.isRoot() && (V & 8) != 0) {
      scores[1] = 0;
      int e = pathDurations.edge(digest.path);
      long ref = pathDurations.p95(e);
      double rel = ref <= 0 ? 0 : Math.max(0, (double) reading.entryNanos() / ref - 1);
      pathDurations.add(e, reading.entryNanos());
      long v = (long) (rel * 1e6);
      hist[dev.spanthrift.sampler.signal.LogBuckets.index(v)]++;
      if (++roots2 % 16 == 0) {
        L.from(hist, 0);
      }
      L.cut = Q;
      double cut = L.p98();
      if (v > 0 && v >= cut) {
        double n = culprits.add(digest.path, 1, nowSeconds);
        double ratio = L.p99() > 0 ? v / L.p99() : 1;
        double worth = Math.min(settings.slowCap(), Math.pow(ratio, P));
        scores[1] = worth * weight(n, settings.exponents().slow()) * inverse;
      }
    }
    if (!reading.isRoot() && (V & 16) != 0) scores[1] = 0;
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
