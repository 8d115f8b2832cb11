package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.question.Questions;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.trace.Fragment;

/**
 * {@code probabilistic_sampler} behind {@code tail_sampling}, ready.
 *
 * <p>The Collector draws for each span; spans of one trace draw the same, except where {@code
 * sampling.priority} or trace states differ between them. Here a priority above 0 keeps the
 * fragment, else one of 0 drops it, which is a difference that configurations are told of.
 */
final class ProbabilisticStage implements CollectorDecider.Stage {
  private final ProbabilisticSampler settings;
  private final Questions.Answer mustKeep;
  private final Questions.Answer mustDrop;
  private final Questions.Answer hasSampling; // rv or th of a consistent sampler
  private final Questions.Answer malformed;

  ProbabilisticStage(ProbabilisticSampler settings, CollectorQuestions questions) {
    this.settings = settings;
    mustKeep = questions.ask(new Condition.Custom(SpanQuestions.priority(true)));
    mustDrop = questions.ask(new Condition.Custom(SpanQuestions.priority(false)));
    hasSampling = questions.ask(Condition.Any.of(otMember("rv:"), otMember("th:")));
    malformed = questions.ask(new Condition.Custom(SpanQuestions.MALFORMED_TRACE_STATE));
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
    if (mustDrop.test(fragment, facts, offset)) {
      return 0;
    }
    boolean named = (fragment.traceIdHigh() | fragment.traceIdLow()) != 0;
    if (!named || malformed.test(fragment, facts, offset)) {
      return whenUnclear();
    }
    return settings.mode() == ProbabilisticSampler.Mode.HASH_SEED
        ? hasSampling.test(fragment, facts, offset) ? whenUnclear() : hashed(fragment)
        : consistent(fragment);
  }

  private double hashed(Fragment fragment) {
    int bucket = Fnv.bucket(settings.hashSeed(), fragment.traceIdHigh(), fragment.traceIdLow());
    return bucket < Fnv.accepted(settings.percentage()) ? 1 : 0;
  }

  private double consistent(Fragment fragment) {
    long upstream = fragment.upstreamThreshold();
    if (upstream > fragment.randomness()) {
      return whenUnclear();
    }
    long threshold = settings.threshold(upstream == Threshold.UNKNOWN ? -1 : upstream);
    return (Threshold.MAX - threshold) / 0x1p56;
  }

  private double whenUnclear() {
    return settings.failClosed() ? 0 : 1;
  }
}
