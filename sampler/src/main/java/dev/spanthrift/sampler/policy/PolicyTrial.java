package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import java.util.List;

/**
 * What one policy said of a fragment, asked again.
 *
 * @param decides whether it is the one that decided
 */
public record PolicyTrial(Policy policy, boolean decides, Answer answer) {
  /** Whether its condition holds. */
  public boolean isMatch() {
    return answer.holds();
  }

  /**
   * The answer to one condition.
   *
   * @param parts answers to what it is made of; none for a question, and for {@link
   *     Condition.SameSpan}, whose parts are not known one by one
   */
  public record Answer(Condition condition, boolean holds, List<Answer> parts) {
    public Answer {
      parts = List.copyOf(parts);
    }
  }
}
