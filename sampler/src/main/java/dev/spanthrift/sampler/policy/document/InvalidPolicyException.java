package dev.spanthrift.sampler.policy.document;

import java.util.List;
import java.util.stream.Collectors;

/** A policy document cannot be used; says everything that is wrong with it, not only the first. */
public final class InvalidPolicyException extends RuntimeException {
  private final List<PolicyProblem> problems;

  public InvalidPolicyException(List<PolicyProblem> problems) {
    super(problems.stream().map(PolicyProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<PolicyProblem> problems() {
    return problems;
  }
}
