package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.SpanQuestion;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.question.Questions;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;

/**
 * {@code probabilistic_sampler}, ready.
 *
 * <p>The Collector draws for each span; spans of one trace draw the same, except where {@code
 * sampling.priority} differs between them. Where this is the only processor, spans with a priority
 * are decided when they arrive; beside {@code tail_sampling} one above 0 keeps the fragment, else
 * one of 0 drops it, which is a difference that configurations are told of.
 */
final class ProbabilisticStage implements CollectorDecider.Stage {
  private static final double SMALLEST = 0x1p-56;

  private final ProbabilisticSampler settings;
  private final SpanQuestion keeping = SpanQuestions.priority(true);
  private final SpanQuestion dropping = SpanQuestions.priority(false);
  private final Questions.Answer mustKeep;
  private final Questions.Answer mustDrop;
  private final Questions.Answer hasSampling; // rv or th of a consistent sampler

  ProbabilisticStage(ProbabilisticSampler settings, CollectorQuestions questions) {
    this.settings = settings;
    mustKeep = questions.ask(new Condition.Custom(keeping));
    mustDrop = questions.ask(new Condition.Custom(dropping));
    hasSampling = questions.ask(Condition.Any.of(otMember("rv:"), otMember("th:")));
  }

  /** What a span says of itself; false when it says nothing. */
  boolean decidesSpan(Batch batch, int row, CollectorDecision out) {
    if (keeping.test(batch, row)) {
      out.keep(CollectorDecider.PROBABILISTIC);
      return true;
    }
    if (dropping.test(batch, row)) {
      out.drop(CollectorDecider.PROBABILISTIC);
      return true;
    }
    return false;
  }

  private static Condition otMember(String key) {
    return new Condition.TraceStateEntry("ot", new ValueTest.Contains(key));
  }

  @Override
  public void decide(Fragment fragment, long[] facts, int offset, long now, CollectorDecision out) {
    out.sample(probability(fragment, facts, offset), CollectorDecider.PROBABILISTIC);
  }

  private double probability(Fragment fragment, long[] facts, int offset) {
    if (mustKeep.test(fragment, facts, offset)) {
      return 1;
    }
    if (mustDrop.test(fragment, facts, offset) || settings.percentage() == 0) {
      return 0;
    }
    return switch (settings.mode()) {
      case HASH_SEED ->
          hasSampling.test(fragment, facts, offset) ? whenInconsistent() : hashed(fragment);
      case EQUALIZING -> consistent(fragment, ratio());
      case PROPORTIONAL -> consistent(fragment, ratio() * upstream(fragment));
    };
  }

  private double ratio() {
    return (double) settings.percentage() / 100;
  }

  private static double upstream(Fragment fragment) {
    long threshold = fragment.upstreamThreshold();
    return threshold > 0 ? (Threshold.MAX - threshold) / 0x1p56 : 1;
  }

  private double hashed(Fragment fragment) {
    int bucket = Fnv.bucket(settings.hashSeed(), fragment.traceIdHigh(), fragment.traceIdLow());
    return bucket < Fnv.accepted(settings.percentage()) ? 1 : 0;
  }

  private double consistent(Fragment fragment, double probability) {
    if (fragment.upstreamThreshold() > fragment.randomness()) {
      return whenInconsistent();
    }
    return probability < SMALLEST ? 0 : probability;
  }

  private double whenInconsistent() {
    return settings.failClosed() ? 0 : 1;
  }
}
