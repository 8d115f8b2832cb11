package dev.spanthrift.bench.score;

import dev.spanthrift.sampler.budget.allocation.Candidate;
import dev.spanthrift.sampler.budget.allocation.Scorer;
import dev.spanthrift.sampler.budget.allocation.SlowReference;
import dev.spanthrift.sampler.signal.DecayingCounts;
import dev.spanthrift.sampler.signal.Reading;
import java.util.HashMap;
import java.util.Map;

/**
 * How others would choose, as scores: the budget, the prices and the ledger are the same for all.
 *
 * <p>Score columns: 0 to 3 are served in this order as far as the money goes. Every pod scores its
 * own fragments, and the ledger joins what one of them keeps.
 */
final class Baselines {
  private static final double SECOND = 1e9;
  private static final int DAY = 86_400;

  private Baselines() {}

  /** Every trace alike. */
  static Scorer uniform() {
    return (candidate, slow, now, scores) -> scores[3] = 1;
  }

  /** Errors, then local roots above 1 s, then at random. */
  static Scorer tail() {
    return (candidate, slow, now, scores) -> {
      if (candidate.reading().errors() != 0) {
        scores[0] = 1;
      } else if (candidate.reading().entryNanos() > SECOND) {
        scores[1] = 1;
      } else {
        scores[3] = 1;
      }
    };
  }

  /** As many of each local path. */
  static Scorer equalPerPath() {
    DecayingCounts paths = new DecayingCounts(16_384, DAY);
    return (candidate, slow, now, scores) ->
        scores[3] = 1 / paths.add(candidate.reading().path(), 1, now);
  }

  /** Knows the labels: affected and rare first, then errors and slow ones, small ones first. */
  static Scorer oracle(RecordedSet set) {
    Map<Long, Integer> index = new HashMap<>();
    for (int t = 0; t < set.recording.traces(); t++) {
      index.put(set.recording.traceIdLow(t), t);
    }
    return (candidate, slow, now, scores) -> {
      int t = index.getOrDefault(candidate.reading().traceIdLow(), 0); // every trace is there
      double score = 1 / Math.sqrt(candidate.relativePrice());
      if (set.rare[t] || set.affected[t]) {
        scores[0] = score;
      } else if (set.slow[t] || set.error[t]) {
        scores[1] = score;
      } else {
        scores[3] = 1;
      }
    };
  }

  private static String key(Reading reading) {
    return reading.entry() + (reading.errors() == 0 ? "" : "/error");
  }

  /** Rates recomputed every so often from counts by key. */
  private abstract static class ByKey implements Scorer {
    Map<String, Double> counts = new HashMap<>();
    Map<String, Integer> rates = new HashMap<>();
    final int interval;
    final double budget;
    private int nextSecond;
    private double seen;
    private double seenBefore; // at the last update

    ByKey(double budget, int intervalSeconds) {
      this.budget = budget;
      this.interval = intervalSeconds;
    }

    @Override
    public void score(Candidate candidate, SlowReference slow, int now, double[] scores) {
      counts.merge(key(candidate.reading()), 1.0, Double::sum);
      seen++;
      scores[3] = 1.0 / rates.getOrDefault(key(candidate.reading()), 1);
    }

    @Override
    public void tick(int nowSeconds) {
      if (nowSeconds >= nextSecond || isBurst(seen - seenBefore)) {
        nextSecond = nowSeconds + interval;
        seenBefore = seen;
        update();
        counts = new HashMap<>();
      }
    }

    /** A goal that a user could have set: the budget's share of an interval's mean traffic. */
    double goal(double intervals) {
      return Math.max(1e-3, budget * seen / Math.max(1, intervals));
    }

    boolean isBurst(double countSoFar) {
      return false;
    }

    abstract void update();
  }

  /** EMA dynamic sampling: a goal rate overall, more of rare keys. */
  static Scorer emaDynamic(double budget) {
    return new ByKey(budget, 15) {
      private final DynSampler.Averages averages = new DynSampler.Averages(.5, .5);

      @Override
      void update() {
        averages.update(counts);
        if (!averages.values.isEmpty()) {
          rates = DynSampler.average(1 / this.budget, averages.values);
        }
      }

      @Override
      boolean isBurst(double countSoFar) {
        return averages.isBurst(countSoFar);
      }
    };
  }

  /** EMA throughput: the same with a goal of kept traces per second. */
  static Scorer emaThroughput(double budget) {
    return new ByKey(budget, 15) {
      private final DynSampler.Averages averages = new DynSampler.Averages(.5, .5);
      private double intervals;

      @Override
      void update() {
        intervals += counts.isEmpty() ? 0 : 1;
        averages.update(counts);
        if (!averages.values.isEmpty()) {
          rates = DynSampler.throughput(goal(intervals), averages.values);
        }
      }

      @Override
      boolean isBurst(double countSoFar) {
        return averages.isBurst(countSoFar);
      }
    };
  }

  /** Windowed throughput: equal parts for each key of the last 30 s. */
  static Scorer windowedThroughput(double budget) {
    return new ByKey(budget, 1) {
      private final DynSampler.Window window = new DynSampler.Window(30);
      private double intervals;

      @Override
      void update() {
        Map<String, Double> sums = window.add(counts);
        intervals += sums.isEmpty() ? 0 : 1;
        if (!sums.isEmpty()) {
          rates = DynSampler.equalParts(30 * goal(intervals), sums);
        }
      }
    };
  }
}
