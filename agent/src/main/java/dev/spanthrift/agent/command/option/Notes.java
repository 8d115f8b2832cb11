package dev.spanthrift.agent.command.option;

import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.util.List;

/** What is told of a foreign configuration, the same by every verb that reads one. */
public final class Notes {
  private Notes() {}

  public static void say(Context context, List<Remark> remarks) {
    remarks.forEach(remark -> context.say("spanthrift: " + remark));
  }

  /**
   * For {@code --strict}.
   *
   * @throws SettingsException with all that would be other than there
   */
  public static void requireNothingLost(List<Remark> remarks) throws SettingsException {
    List<SettingProblem> problems =
        remarks.stream().filter(Remark::lost).map(Notes::problem).toList();
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
  }

  private static SettingProblem problem(Remark remark) {
    return new SettingProblem(
        remark.key(),
        null,
        remark.where(),
        remark.kind().verb() + ", which --strict forbids: " + remark.reason());
  }
}
