package dev.spanthrift.agent.control.policy;

import dev.spanthrift.agent.pipeline.PolicyProblem;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import java.util.List;

/** What became of an attempt to replace the policy. */
sealed interface PolicyOutcome {
  /** It is (or, on a dry run, would be) in force; not changed when the content was the same. */
  record InForce(PolicyVersion document, boolean changed) implements PolicyOutcome {}

  /** Somebody else changed it first; nothing happened. */
  record Stale(PolicyVersion current) implements PolicyOutcome {}

  /** It cannot be used; nothing happened. */
  record Invalid(List<PolicyProblem> problems) implements PolicyOutcome {}
}
