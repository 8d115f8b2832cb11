package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.SpanView;
import dev.spanthrift.sampler.policy.document.SpanQuestion;
import dev.spanthrift.sampler.wire.Batch;

/**
 * An {@link Ottl} condition that {@link OttlConditions} cannot turn into a plainer one: it makes
 * objects of the values that it reads. One that cannot be answered is not true.
 */
final class OttlQuestion implements SpanQuestion {
  private final Ottl.Test condition;
  private final boolean ofEvent;
  private final OttlProgram program;
  private final SpanView view = new SpanView();

  OttlQuestion(Ottl.Test condition, boolean ofEvent) {
    this.condition = condition;
    this.ofEvent = ofEvent;
    program = new OttlProgram(condition);
  }

  @Override
  public boolean test(Batch batch, int row) {
    view.on(batch, row);
    if (!ofEvent) {
      return program.test(view) == OttlProgram.YES;
    }
    while (view.nextEvent()) {
      if (program.test(view) == OttlProgram.YES) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OttlQuestion question
        && question.ofEvent == ofEvent
        && question.condition.equals(condition);
  }

  @Override
  public int hashCode() {
    return condition.hashCode();
  }

  @Override
  public String toString() {
    return condition.toString();
  }
}
