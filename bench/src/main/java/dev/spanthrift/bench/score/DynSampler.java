package dev.spanthrift.bench.score;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rates of the dynamic samplers that others run, as baselines: formulas of dynsampler-go.
 *
 * <p>A rate r keeps one in r. Keys are treated in their sorted order, as the originals do.
 */
final class DynSampler {
  private DynSampler() {}

  /**
   * Allocation over keys: g·log10 of its count for each, what small keys leave flows to later ones.
   */
  static Map<String, Integer> alloc(double g, Map<String, Double> counts) {
    Map<String, Integer> rates = new HashMap<>();
    double extra = 0;
    int left = counts.size();
    for (Map.Entry<String, Double> entry : new TreeMap<>(counts).entrySet()) {
      double c = Math.max(1, entry.getValue());
      double q = Math.max(1, g * Math.log10(c) + extra / left);
      extra -= extra / left;
      left--;
      if (c <= q) {
        rates.put(entry.getKey(), 1);
        extra += q - c;
      } else {
        double rate = Math.ceil(c / q);
        rates.put(entry.getKey(), Double.isNaN(rate) ? 1 : (int) rate);
        extra += q - c / rate;
      }
    }
    return rates;
  }

  private static double logSum(Map<String, Double> counts) {
    return counts.values().stream().mapToDouble(c -> Math.log10(Math.max(1, c))).sum();
  }

  /** AvgSampleRate: one in {@code goal} overall. */
  static Map<String, Integer> average(double goal, Map<String, Double> counts) {
    double sum = counts.values().stream().mapToDouble(c -> Math.max(1, c)).sum();
    return alloc(sum / goal / logSum(counts), counts);
  }

  /** Throughput by log of the counts: so many kept per interval. */
  static Map<String, Integer> throughput(double goalPerInterval, Map<String, Double> counts) {
    return alloc(goalPerInterval / logSum(counts), counts);
  }

  /** TotalThroughput and WindowedThroughput: equal parts for each key. */
  static Map<String, Integer> equalParts(double goalPerInterval, Map<String, Double> counts) {
    double per = goalPerInterval / counts.size();
    return perKey(per, counts);
  }

  /** PerKeyThroughput: so many of each key. */
  static Map<String, Integer> perKey(double per, Map<String, Double> counts) {
    Map<String, Integer> rates = new HashMap<>();
    counts.forEach((key, c) -> rates.put(key, (int) Math.max(1, c / per)));
    return rates;
  }

  /** The moving averages of EMASampleRate and EMAThroughput. */
  static final class Averages {
    private static final int BURST_DETECTION_DELAY = 3; // intervals
    private static final double BURST_MULTIPLE = 2;

    final Map<String, Double> values = new HashMap<>();
    private final double weight;
    private final double ageOut;
    private int intervals;
    private double sum;

    Averages(double weight, double ageOut) {
      this.weight = weight;
      this.ageOut = ageOut;
    }

    /** Takes the counts of one interval; an interval without traffic changes nothing. */
    void update(Map<String, Double> counts) {
      if (counts.isEmpty()) {
        return;
      }
      for (String key : counts.keySet()) {
        values.putIfAbsent(key, 0.0);
      }
      values.replaceAll((k, m) -> weight * counts.getOrDefault(k, 0.0) + (1 - weight) * m);
      values.values().removeIf(m -> m < ageOut);
      intervals++;
      sum = values.values().stream().mapToDouble(m -> Math.max(1, m)).sum();
    }

    /** Whether an interval that is not over has so much that it ends at once. */
    boolean isBurst(double countSoFar) {
      return intervals >= BURST_DETECTION_DELAY && countSoFar >= BURST_MULTIPLE * sum;
    }
  }

  /** The last counts of WindowedThroughput, a block for each tick. */
  static final class Window {
    private final ArrayDeque<Map<String, Double>> blocks = new ArrayDeque<>();
    private final int length;

    Window(int length) {
      this.length = length;
    }

    /** Takes the counts of one tick; returns the sums of the window. */
    Map<String, Double> add(Map<String, Double> counts) {
      blocks.add(counts);
      if (blocks.size() > length) {
        blocks.remove();
      }
      Map<String, Double> sums = new HashMap<>();
      blocks.forEach(block -> block.forEach((k, c) -> sums.merge(k, c, Double::sum)));
      return sums;
    }
  }
}
