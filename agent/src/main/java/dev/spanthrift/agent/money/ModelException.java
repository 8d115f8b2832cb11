package dev.spanthrift.agent.money;

import dev.spanthrift.agent.config.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A price model cannot be used; lists everything that was found wrong, with lines. */
public final class ModelException extends Exception {
  private final transient List<Problem> problems;

  ModelException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
