package dev.spanthrift.agent.config.policy;

import dev.spanthrift.agent.config.settings.Probability;
import dev.spanthrift.sampler.policy.document.Action;

/** What {@code defaultProbability} means as a policy: the one place that says it. */
final class DefaultRule {
  private DefaultRule() {}

  /**
   * The action on a trace that no policy of a configuration matches.
   *
   * @param budgeted whether there is a budget, which then chooses among what would all be kept
   */
  static Action of(Probability probability, boolean budgeted) {
    double value = probability.value();
    if (value == 0) {
      return Action.DROP;
    }
    return value == 1 && budgeted ? Action.BUDGET : new Action.Probability(value);
  }
}
