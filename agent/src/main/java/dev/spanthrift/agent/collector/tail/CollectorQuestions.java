package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.question.Observer;
import dev.spanthrift.sampler.policy.question.Questions;
import dev.spanthrift.sampler.wire.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * All that the processors of a pipeline ask of spans: conditions, and durations while they grow.
 *
 * <p>The Collector looks at a trace's duration after each of its spans, in the order in which they
 * came, and is content when it is once between two bounds, though it may be above both at the end.
 * So the bounds are asked as spans arrive. Words behind those of the conditions:
 *
 * <pre>
 * 0  earliest start so far, 0 for none
 * 1  latest end so far
 * 2  a bit for each pair of bounds
 * </pre>
 */
final class CollectorQuestions {
  static final int PAIRS_MAX = Long.SIZE;
  private static final int WORDS = 3;

  private final Questions conditions = new Questions();
  private final List<CollectorPolicy.Latency> pairs = new ArrayList<>();

  Questions.Answer ask(Condition condition) {
    return conditions.ask(condition);
  }

  /** Whether the duration was at some time above the threshold and not above the upper one. */
  Questions.Answer ask(CollectorPolicy.Latency pair) {
    if (!pairs.contains(pair)) {
      pairs.add(pair);
    }
    int bit = pairs.indexOf(pair);
    if (bit >= PAIRS_MAX) {
      throw new IllegalArgumentException("more than 64 pairs of latency bounds");
    }
    return (fragment, facts, offset) ->
        (facts[offset + conditions.factWords() + 2] >>> bit & 1) != 0;
  }

  int factWords() {
    return conditions.factWords() + (pairs.isEmpty() ? 0 : WORDS);
  }

  Observer observer() {
    return conditions.observer();
  }

  /** Lets the trace's duration grow by one span; call for each, in their order. */
  void grow(Batch batch, int row, long[] facts, int offset) {
    if (pairs.isEmpty()) {
      return;
    }
    int at = offset + conditions.factWords();
    long start = batch.startNanos(row);
    long end = batch.endNanos(row);
    if (facts[at] == 0 || Long.compareUnsigned(start, facts[at]) < 0) {
      facts[at] = start;
    }
    if (facts[at + 1] == 0 || Long.compareUnsigned(end, facts[at + 1]) > 0) {
      facts[at + 1] = end;
    }
    long ms = TimeUnit.NANOSECONDS.toMillis(facts[at + 1] - facts[at]);
    for (int i = 0; i < pairs.size(); i++) {
      CollectorPolicy.Latency pair = pairs.get(i);
      if (pair.thresholdMs() < ms && ms <= pair.upperMs()) {
        facts[at + 2] |= 1L << i;
      }
    }
  }
}
