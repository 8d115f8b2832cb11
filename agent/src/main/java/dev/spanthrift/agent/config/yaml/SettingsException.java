package dev.spanthrift.agent.config.yaml;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used; lists everything that was found wrong. */
public final class SettingsException extends Exception {
  private final transient List<SettingProblem> problems;

  public SettingsException(List<SettingProblem> problems) {
    super(problems.stream().map(SettingProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<SettingProblem> problems() {
    return problems;
  }
}
