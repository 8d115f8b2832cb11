package dev.spanthrift.sampler.policy.collector;

import dev.spanthrift.sampler.policy.Observer;
import dev.spanthrift.sampler.policy.Questions;
import dev.spanthrift.sampler.trace.Fragment;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides fragments as the sampling processors of one Collector pipeline do, one after the other.
 *
 * <p>Has limits that remember, so it is asked once for each fragment, by one thread at a time.
 */
public final class CollectorDecider {
  /** Reasons that no policy gives. */
  public static final String NOT_SAMPLED = "not_sampled";

  public static final String TOO_LARGE = "trace_too_large";
  public static final String PROBABILISTIC = "probabilistic_sampler";
  public static final String PASSED = "no_sampler";

  private final Questions questions = new Questions();
  private final Stage[] stages;

  /** One processor, ready. */
  @FunctionalInterface
  interface Stage {
    void decide(Fragment fragment, long[] facts, int offset, long nowNanos, CollectorDecision out);
  }

  public CollectorDecider(List<SamplingStage> processors) {
    List<Stage> ready = new ArrayList<>();
    for (SamplingStage processor : processors) {
      ready.add(
          switch (processor) {
            case TailSampling tail -> new TailStage(tail, questions);
            case ProbabilisticSampler sampler -> new ProbabilisticStage(sampler, questions);
          });
    }
    stages = ready.toArray(Stage[]::new);
  }

  /** Longs of facts that each fragment needs. */
  public int factWords() {
    return questions.factWords();
  }

  public Observer observer() {
    return questions.observer();
  }

  /** Decides one fragment: later processors see only what earlier ones keep. */
  public void decide(
      Fragment fragment, long[] facts, int offset, long nowNanos, CollectorDecision out) {
    out.keep(PASSED);
    for (Stage stage : stages) {
      double before = out.probability();
      stage.decide(fragment, facts, offset, nowNanos, out);
      if (out.probability() == 0) {
        return;
      }
      out.atMost(before);
    }
  }
}
