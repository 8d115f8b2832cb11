package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.Verdict;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.RequestWriter;
import java.util.List;

/** The sampling processors of a Collector's pipeline: keeps and drops what the Collector would. */
public final class CollectorJudge implements Judge {
  private final CollectorDecider decider;
  private final CollectorDecision decision = new CollectorDecision();

  /**
   * @throws IllegalArgumentException if the policies need more facts than a fragment has
   */
  public CollectorJudge(List<SamplingStage> processors) {
    decider = new CollectorDecider(processors);
    if (decider.factWords() > FACT_WORDS) {
      throw new IllegalArgumentException(
          "the processors ask more than " + FACT_WORDS * 64 + " questions about spans");
    }
  }

  @Override
  public void begin(Batch batch) {
    decider.begin(batch);
  }

  @Override
  public void observe(Batch batch, int row, long[] facts, int offset) {
    decider.observe(batch, row, facts, offset);
  }

  @Override
  public void judge(Fragment fragment, long[] facts, int offset, long now, Verdict verdict) {
    decider.decide(fragment, facts, offset, now, decision);
    say(verdict);
  }

  @Override
  public boolean judgesSpan(Batch batch, int row, Verdict verdict) {
    boolean decided = decider.decidesSpan(batch, row, decision);
    RequestWriter.TraceStateEdit edit = decision.edit();
    if (decided && edit != null) {
      verdict.keep(decision.reason(), edit);
    } else if (decided) {
      say(verdict);
    }
    return decided;
  }

  private void say(Verdict verdict) {
    if (decision.probability() == 0) {
      verdict.drop(decision.reason());
    } else if (decision.probability() == 1) {
      verdict.keep(decision.reason());
    } else {
      verdict.sample(decision.probability(), decision.reason());
    }
  }

  /** The Collector lets the oldest trace go when {@code num_traces} are reached. */
  @Override
  public boolean judgesWhenFull() {
    return false;
  }

  /** The Collector drops late spans of a dropped trace, whatever they say. */
  @Override
  public boolean judgesLateErrors() {
    return false;
  }
}
