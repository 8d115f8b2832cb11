package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.agent.collector.ottl.OttlPolicy;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.question.Observer;
import dev.spanthrift.sampler.policy.question.Questions;
import dev.spanthrift.sampler.wire.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * All that the processors of a pipeline ask of spans: conditions, durations while they grow, and
 * OTTL conditions whose failures end their policy.
 *
 * <p>The Collector looks at a trace's duration after each of its spans, in the order in which they
 * came, and is content when it is once between two bounds, though it may be above both at the end.
 * So the bounds are asked as spans arrive. Words behind those of the conditions:
 *
 * <pre>
 * 0  earliest start so far, 0 for none
 * 1  latest end so far
 * 2  a bit for each pair of bounds
 * 3  two bits for each OTTL policy: it was true, or had failed; what came first stands
 * </pre>
 *
 * <p>The first three are there only with pairs of bounds, the last one only with such policies.
 */
final class CollectorQuestions {
  static final int PAIRS_MAX = Long.SIZE;
  private static final int FAILING_MAX = Long.SIZE / 2;
  private static final int WORDS = 3;

  private final Questions conditions = new Questions();
  private final List<CollectorPolicy.Latency> pairs = new ArrayList<>();
  private final List<OttlPolicy> failing = new ArrayList<>();
  private final List<OttlPolicy.Asked> asked = new ArrayList<>();

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

  /** What the spans say, one after the other, until one says yes or one has no answer. */
  Tally ask(OttlPolicy policy) {
    if (!failing.contains(policy)) {
      if (failing.size() == FAILING_MAX) {
        throw new IllegalArgumentException("more than 32 policies with error_mode propagate");
      }
      failing.add(policy);
      asked.add(policy.ask());
    }
    int shift = 2 * failing.indexOf(policy);
    return (facts, offset) ->
        switch ((int) (facts[offset + failingWord()] >>> shift) & 3) {
          case 1 -> OttlPolicy.Answer.YES;
          case 2 -> OttlPolicy.Answer.FAILED;
          default -> OttlPolicy.Answer.NO;
        };
  }

  /** What was said of a fragment so far. */
  @FunctionalInterface
  interface Tally {
    OttlPolicy.Answer of(long[] facts, int offset);
  }

  private int failingWord() {
    return conditions.factWords() + (pairs.isEmpty() ? 0 : WORDS);
  }

  int factWords() {
    return failingWord() + (failing.isEmpty() ? 0 : 1);
  }

  Observer observer() {
    return conditions.observer();
  }

  /** Notes what depends on the order of spans; call for each. */
  void inOrder(Batch batch, int row, long[] facts, int offset) {
    if (!pairs.isEmpty()) {
      grow(batch, row, facts, offset);
    }
    for (int i = 0; i < asked.size(); i++) {
      int at = offset + failingWord();
      if ((facts[at] >>> 2 * i & 3) == 0) {
        facts[at] |= (long) asked.get(i).of(batch, row).ordinal() << 2 * i;
      }
    }
  }

  private void grow(Batch batch, int row, long[] facts, int offset) {
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
