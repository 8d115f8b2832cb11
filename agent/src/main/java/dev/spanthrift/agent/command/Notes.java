package dev.spanthrift.agent.command;

import dev.spanthrift.agent.collector.Remark;
import dev.spanthrift.agent.config.Problem;
import dev.spanthrift.agent.config.SettingsException;
import java.util.List;

/** What is told of a foreign configuration, the same by every verb that reads one. */
final class Notes {
  private Notes() {}

  static void say(Context context, List<Remark> remarks) {
    remarks.forEach(remark -> context.say("spanthrift: " + remark));
  }

  /**
   * For {@code --strict}.
   *
   * @throws SettingsException with all that would be other than there
   */
  static void requireNothingLost(List<Remark> remarks) throws SettingsException {
    List<Problem> problems = remarks.stream().filter(Remark::lost).map(Notes::problem).toList();
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
  }

  private static Problem problem(Remark remark) {
    return new Problem(
        remark.key(),
        null,
        remark.where(),
        remark.kind().verb() + ", which --strict forbids: " + remark.reason());
  }
}
