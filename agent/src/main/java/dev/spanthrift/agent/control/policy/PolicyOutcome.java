package dev.spanthrift.agent.control.policy;

import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.util.List;

/** What became of an attempt to replace the policy. */
sealed interface PolicyOutcome {
  /**
   * It is (or, on a dry run, would be) in force.
   *
   * @param changed not when the content was the same
   * @param warnings what of it is hardly meant
   */
  record InForce(PolicyVersion document, boolean changed, List<PolicyProblem> warnings)
      implements PolicyOutcome {}

  /** Somebody else changed it first; nothing happened. */
  record Stale(PolicyVersion current) implements PolicyOutcome {}

  /** The policy in force stands elsewhere, in these objects; nothing happened. */
  record Managed(List<String> objects) implements PolicyOutcome {}

  /** It cannot be used; nothing happened. */
  record Invalid(List<PolicyProblem> problems) implements PolicyOutcome {}
}
