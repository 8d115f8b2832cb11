package dev.spanthrift.bench.score;

import dev.spanthrift.bench.simulation.FleetOutcome;
import dev.spanthrift.bench.simulation.RecordedColumns;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Measures what a run kept. A trace counts as kept when all its recorded spans are.
 *
 * <p>Percentages; errors are relative ones, the median over operations with at least 100 spans.
 */
public final class Measure {
  private static final int SPANS_MIN = 100;

  private final RecordedSet set;
  private final RecordedColumns recording;
  private final int[][] spansByOperation;
  private final long[][] truth;

  private static final double[] QUANTILES = {.5, .95, .99};

  public Measure(RecordedSet set) {
    this.set = set;
    recording = set.recording;
    spansByOperation = spansByOperation();
    truth = new long[spansByOperation.length][];
    for (int i = 0; i < truth.length; i++) {
      int[] spans = spansByOperation[i];
      double[] ones = new double[spans.length];
      Arrays.fill(ones, 1);
      truth[i] = quantiles(spans, ones);
    }
  }

  private int[][] spansByOperation() {
    List<List<Integer>> lists = new ArrayList<>();
    for (int s = 0; s < recording.spans(); s++) {
      int operation = recording.operationOfSpan(s);
      while (lists.size() <= operation) {
        lists.add(new ArrayList<>());
      }
      lists.get(operation).add(s);
    }
    return lists.stream()
        .filter(l -> l.size() >= SPANS_MIN)
        .map(l -> l.stream().mapToInt(i -> i).toArray())
        .toArray(int[][]::new);
  }

  public Map<String, Double> of(FleetOutcome outcome) {
    boolean[] any = new boolean[recording.traces()];
    boolean[] all = new boolean[recording.traces()];
    Arrays.fill(all, true);
    long kept = 0;
    long total = 0;
    for (int s = 0; s < recording.spans(); s++) {
      boolean in = outcome.probability(s) > 0;
      any[recording.traceOfSpan(s)] |= in;
      all[recording.traceOfSpan(s)] &= in;
      kept += in ? recording.bytesOfSpan(s) : 0;
      total += recording.bytesOfSpan(s);
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("bytes", 100.0 * kept / total);
    figures.put("error", recall(set.error, all));
    figures.put("affected", recall(set.affected, all));
    figures.put("slow", recall(set.slow, all));
    figures.put("rare", recall(set.rare, all));
    figures.put("faults", faults(all));
    figures.put("structures", structures(all));
    figures.put("whole", share(any, all));
    estimates(outcome, figures);
    figures.put("excess", finite(100 * outcome.worstExcess()));
    figures.put("lookups", (double) outcome.lookUps() / outcome.fragments());
    figures.put("writes", (double) outcome.writes() / outcome.fragments());
    figures.put("traces", (double) count(any));
    figures.put("nanos", outcome.nanosPerSpan());
    figures.put("tick", outcome.nanosPerTick());
    for (TraceClass reason : TraceClass.values()) {
      figures.put(
          "for " + reason.name().toLowerCase(Locale.ROOT),
          100.0 * bytesOfReason(outcome, reason.ordinal()) / total);
    }
    figures.put("information", information(figures));
    return figures;
  }

  /** Mean of what was kept of errors, affected, slow, rare, faults, structures that there are. */
  private double information(Map<String, Double> figures) {
    double sum = 0;
    int n = 0;
    for (String column : Score.SIX) {
      double value = figures.getOrDefault(column, Double.NaN);
      double all = column.equals("faults") ? set.faults.size() : 100;
      all = column.equals("structures") ? set.structures() : all;
      if (!Double.isNaN(value)) {
        sum += 100 * value / all;
        n++;
      }
    }
    return n == 0 ? Double.NaN : sum / n;
  }

  private long bytesOfReason(FleetOutcome outcome, int reason) {
    long sum = 0;
    for (int s = 0; s < recording.spans(); s++) {
      sum += outcome.reason(s) == reason ? recording.bytesOfSpan(s) : 0;
    }
    return sum;
  }

  private static double recall(boolean[] label, boolean[] kept) {
    int all = 0;
    int found = 0;
    for (int t = 0; t < label.length; t++) {
      all += label[t] ? 1 : 0;
      found += label[t] && kept[t] ? 1 : 0;
    }
    return all == 0 ? Double.NaN : 100.0 * found / all;
  }

  private double faults(boolean[] kept) {
    double seen = 0;
    for (List<Integer> traces : set.faults.values()) {
      long found = traces.stream().filter(t -> kept[t]).count();
      seen += found >= Math.min(5, traces.size()) ? 1 : 0;
    }
    return set.faults.isEmpty() ? Double.NaN : seen;
  }

  private double structures(boolean[] kept) {
    Set<String> seen = new HashSet<>();
    for (int t = 0; t < kept.length; t++) {
      if (kept[t] && set.structure[t] != null) {
        seen.add(set.structure[t]);
      }
    }
    return seen.size();
  }

  private static double share(boolean[] any, boolean[] all) {
    int some = count(any);
    int whole = 0;
    for (int t = 0; t < any.length; t++) {
      whole += any[t] && all[t] ? 1 : 0;
    }
    return some == 0 ? Double.NaN : 100.0 * whole / some;
  }

  /** A recording of less than five minutes has no worst excess. */
  private static double finite(double value) {
    return Double.isInfinite(value) ? Double.NaN : value;
  }

  private static int count(boolean[] flags) {
    int n = 0;
    for (boolean flag : flags) {
      n += flag ? 1 : 0;
    }
    return n;
  }

  private void estimates(FleetOutcome outcome, Map<String, Double> figures) {
    int n = spansByOperation.length;
    double[] countError = new double[n];
    double[][] quantileError = new double[QUANTILES.length][n];
    double total = 0;
    for (int i = 0; i < n; i++) {
      int[] kept =
          Arrays.stream(spansByOperation[i]).filter(s -> outcome.probability(s) > 0).toArray();
      double[] weights = Arrays.stream(kept).mapToDouble(s -> 1 / outcome.probability(s)).toArray();
      double count = Arrays.stream(weights).sum();
      total += count;
      countError[i] = Math.abs(count / spansByOperation[i].length - 1);
      long[] estimated = quantiles(kept, weights);
      for (int q = 0; q < QUANTILES.length; q++) {
        double exact = Math.max(1, truth[i][q]);
        quantileError[q][i] = kept.length == 0 ? 1 : Math.abs(estimated[q] / exact - 1);
      }
    }
    figures.put("count", 100 * median(countError));
    figures.put("p50", 100 * median(quantileError[0]));
    figures.put("p95", 100 * median(quantileError[1]));
    figures.put("p99", 100 * median(quantileError[2]));
    figures.put("total", total);
  }

  private long[] quantiles(int[] spans, double[] weights) {
    Integer[] order = new Integer[spans.length];
    double sum = 0;
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
      sum += weights[i];
    }
    Arrays.sort(order, java.util.Comparator.comparingLong(i -> recording.durationOfSpan(spans[i])));
    long[] found = new long[QUANTILES.length];
    double passed = 0;
    int q = 0;
    for (Integer i : order) {
      passed += weights[i];
      while (q < QUANTILES.length && passed >= QUANTILES[q] * sum * (1 - 1e-12)) {
        found[q++] = recording.durationOfSpan(spans[i]);
      }
    }
    return found;
  }

  static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
