package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.policy.question.Observer;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;
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

  private final CollectorQuestions questions = new CollectorQuestions();
  private final SpanSampling first;
  private final Stage[] stages;
  private final Observer observer;

  /** One processor, ready. */
  @FunctionalInterface
  interface Stage {
    void decide(Fragment fragment, long[] facts, int offset, long nowNanos, CollectorDecision out);
  }

  public CollectorDecider(List<SamplingStage> processors) {
    first = new SpanSampling(processors);
    List<Stage> ready = new ArrayList<>();
    for (SamplingStage processor : processors) {
      ready.add(
          switch (processor) {
            case TailSampling tail -> new TailStage(tail, questions);
            case ProbabilisticSampler sampler -> new ProbabilisticStage(sampler, questions);
          });
    }
    stages = ready.toArray(Stage[]::new);
    observer = questions.observer();
  }

  /** Longs of facts that each fragment needs. */
  public int factWords() {
    return questions.factWords();
  }

  /** Begins a batch whose spans are observed next. */
  public void begin(Batch batch) {
    observer.begin(batch);
  }

  /** Adds what one span says to its fragment's facts; spans come in the order of their arrival. */
  public void observe(Batch batch, int row, long[] facts, int offset) {
    observer.observe(row, facts, offset);
    questions.inOrder(batch, row, facts, offset);
  }

  /**
   * Decides a span when it arrives, as {@code probabilistic_sampler} does where it comes first:
   * what it drops never waits, and where no {@code tail_sampling} follows nothing does.
   */
  public boolean decidesSpan(Batch batch, int row, CollectorDecision out) {
    return first.decides(batch, row, out);
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
