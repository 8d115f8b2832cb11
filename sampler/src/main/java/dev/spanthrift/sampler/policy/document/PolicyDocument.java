package dev.spanthrift.sampler.policy.document;

import java.util.List;

/**
 * What users write: rules in order, the first that matches decides.
 *
 * @param fallback what happens to a trace that no policy matches
 */
public record PolicyDocument(List<Policy> policies, Action fallback) {
  /** No rule: everything is left to the budget. */
  public static final PolicyDocument EMPTY = new PolicyDocument(List.of(), Action.BUDGET);

  public PolicyDocument {
    policies = List.copyOf(policies);
  }
}
