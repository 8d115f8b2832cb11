package dev.spanthrift.agent.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used; lists everything that was found wrong. */
public final class SettingsException extends Exception {
  private final transient List<Problem> problems;

  public SettingsException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
