package dev.spanthrift.agent.money;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import java.util.List;
import java.util.stream.Collectors;

/** A price model cannot be used; lists everything that was found wrong, with lines. */
public final class ModelException extends Exception {
  private final transient List<SettingProblem> problems;

  ModelException(List<SettingProblem> problems) {
    super(problems.stream().map(SettingProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<SettingProblem> problems() {
    return problems;
  }
}
