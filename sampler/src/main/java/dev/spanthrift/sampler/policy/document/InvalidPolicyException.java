package dev.spanthrift.sampler.policy.document;

import java.util.List;
import java.util.stream.Collectors;

/** A policy document cannot be used; says everything that is wrong with it, not only the first. */
public final class InvalidPolicyException extends RuntimeException {
  private final List<Problem> problems;

  public InvalidPolicyException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
