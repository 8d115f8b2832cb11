package dev.spanthrift.bench.score;

import dev.spanthrift.bench.simulation.FleetOutcome;
import dev.spanthrift.bench.simulation.RecordedColumns;
import java.util.Arrays;
import java.util.Locale;

/**
 * Whether re-weighted counts are right on the mean: of each operation, over many seeds.
 *
 * <p>z = (estimated − recorded) / exact spread of what was decided. A trace with k spans of an
 * operation and probability P adds k·((kept ? 1/P : 0) − 1): mean 0, variance k²(1 − P)/P, third
 * moment k³(1 − P)(1 − 2P)/P². An operation whose sum is still as skew as 1 is not judged.
 */
final class Bias {
  private static final double SKEW_MAX = 1;
  private static final double FAR = 3;
  private static final double FAR_BY_CHANCE = .0027;

  private final RecordedColumns recording;
  private final int operations; // and one more: all of them together
  private final double[] recorded;
  private final double[] estimated;
  private final double[] variance;
  private final double[] thirdMoment;
  private final int[][] spansOfTrace;
  private int runs;

  Bias(RecordedSet set) {
    recording = set.recording;
    int count = 0;
    int[] sizes = new int[recording.traces()];
    for (int s = 0; s < recording.spans(); s++) {
      count = Math.max(count, recording.operationOfSpan(s) + 1);
      sizes[recording.traceOfSpan(s)]++;
    }
    operations = count;
    recorded = new double[count + 1];
    estimated = new double[count + 1];
    variance = new double[count + 1];
    thirdMoment = new double[count + 1];
    spansOfTrace = new int[sizes.length][];
    Arrays.setAll(spansOfTrace, t -> new int[sizes[t]]);
    for (int s = recording.spans() - 1; s >= 0; s--) {
      int t = recording.traceOfSpan(s);
      spansOfTrace[t][--sizes[t]] = s;
    }
  }

  void add(FleetOutcome outcome) {
    runs++;
    int[] ofOperation = new int[operations + 1];
    for (int t = 0; t < spansOfTrace.length; t++) {
      for (int span : spansOfTrace[t]) {
        int operation = recording.operationOfSpan(span);
        double p = outcome.probability(span);
        estimated[operation] += p > 0 ? 1 / p : 0;
        estimated[operations] += p > 0 ? 1 / p : 0;
        ofOperation[operation]++;
        ofOperation[operations]++;
      }
      double least = 1;
      for (int span : spansOfTrace[t]) {
        spread(recording.operationOfSpan(span), ofOperation, outcome.chance(span));
        least = Math.min(least, outcome.chance(span));
      }
      spread(operations, ofOperation, least);
    }
  }

  /** Once for each trace and operation: what was counted is taken away. */
  private void spread(int operation, int[] ofOperation, double p) {
    double k = ofOperation[operation];
    ofOperation[operation] = 0;
    if (k > 0 && p > 0) {
      recorded[operation] += k;
      variance[operation] += k * k * (1 - p) / p;
      thirdMoment[operation] += k * k * k * (1 - p) * (1 - 2 * p) / (p * p);
    }
  }

  private double z(int operation) {
    return (estimated[operation] - recorded[operation])
        / Math.sqrt(Math.max(1e-9, variance[operation]));
  }

  private boolean isJudged(int operation) {
    double skew = thirdMoment[operation] / Math.pow(Math.max(1e-9, variance[operation]), 1.5);
    return recorded[operation] > 0 && Math.abs(skew) < SKEW_MAX;
  }

  /** One line that can be cited. */
  String line(double budget) {
    int judged = 0;
    int known = 0;
    int far = 0;
    double most = 0;
    for (int o = 0; o < operations; o++) {
      known += recorded[o] > 0 ? 1 : 0;
      if (isJudged(o)) {
        judged++;
        most = Math.max(most, Math.abs(z(o)));
        far += Math.abs(z(o)) > FAR ? 1 : 0;
      }
    }
    double all = recorded[operations];
    return String.format(
        Locale.ROOT,
        "re-weighted counts at %s %%, %d seeds: all spans %+.2f ± %.2f %% (z = %.1f);"
            + " of %d operations %d can be judged, largest |z| %.1f, %d beyond 3 (%.1f by chance)",
        Table.percent(budget),
        runs,
        100 * (estimated[operations] / all - 1),
        100 * Math.sqrt(variance[operations]) / all,
        z(operations),
        known,
        judged,
        most,
        far,
        FAR_BY_CHANCE * judged);
  }
}
