package dev.spanthrift.agent.command;

import dev.spanthrift.agent.collector.CollectorFile;
import dev.spanthrift.agent.collector.Remark;
import dev.spanthrift.agent.config.Problem;
import dev.spanthrift.agent.config.SettingsException;
import dev.spanthrift.sampler.policy.collector.CollectorVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --collector FILE [--strict]}: a Collector's configuration in place of ours. */
final class CollectorOption {
  @Option(
      names = "--collector",
      paramLabel = "FILE",
      description =
          "OpenTelemetry Collector configuration, decided as the Collector does; SPANTHRIFT_…"
              + " variables go before it.")
  private @Nullable Path file;

  @Option(names = "--strict", description = "Refuse to start when something would be left out.")
  private boolean strict;

  @Option(
      names = "--collector-version",
      paramLabel = "VERSION",
      description = "Version whose semantics hold, such as 0.150.0. Default: the newest known.")
  private @Nullable String version;

  /** Null when there is no such file. */
  @Nullable CollectorFile read(Context context) throws SettingsException {
    Path chosen = file;
    if (chosen == null) {
      return null;
    }
    CollectorFile read = CollectorFile.read(chosen, context.environment(), version());
    read.remarks().forEach(remark -> context.say("spanthrift: " + remark));
    if (strict && !read.lost().isEmpty()) {
      throw new SettingsException(problems(read.lost()));
    }
    return read;
  }

  private CollectorVersion version() throws SettingsException {
    String named = version;
    try {
      return named == null ? CollectorVersion.NEWEST : CollectorVersion.parse(named);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          List.of(new Problem("--collector-version", named, "", String.valueOf(e.getMessage()))));
    }
  }

  private static List<Problem> problems(List<Remark> lost) {
    List<Problem> problems = new ArrayList<>();
    for (Remark remark : lost) {
      problems.add(
          new Problem(
              remark.key(),
              null,
              remark.where(),
              (remark.kind() == Remark.Kind.DIFFERS ? "decides otherwise" : "is left out")
                  + ", which --strict forbids: "
                  + remark.reason()));
    }
    return problems;
  }
}
