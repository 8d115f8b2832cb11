package dev.spanthrift.agent.command.option;

import dev.spanthrift.agent.collector.file.CollectorFile;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --collector FILE [--strict]}: a Collector's configuration in place of ours. */
public final class CollectorOption {
  @Option(
      names = "--collector",
      paramLabel = "FILE",
      description =
          "OpenTelemetry Collector configuration, decided as the Collector does; SPANTHRIFT_…"
              + " variables go before it.")
  private @Nullable Path file;

  @Option(
      names = "--strict",
      description =
          "Refuse to start when anything would be left out, decided or done otherwise than the"
              + " Collector would.")
  private boolean strict;

  @Option(
      names = "--collector-version",
      paramLabel = "VERSION",
      description = "Version whose semantics hold, such as 0.150.0. Default: the newest known.")
  private @Nullable String version;

  /** Null when there is no such file. */
  public @Nullable CollectorFile read(Context context) throws SettingsException {
    Path chosen = file;
    if (chosen == null) {
      requireAbsent("--strict", strict);
      requireAbsent("--collector-version", version != null);
      return null;
    }
    CollectorFile read = CollectorFile.read(chosen, context.environment(), version());
    Notes.say(context, read.remarks());
    if (strict) {
      Notes.requireNothingLost(read.remarks());
    }
    return read;
  }

  private static void requireAbsent(String option, boolean given) throws SettingsException {
    if (given) {
      throw new SettingsException(
          List.of(
              new SettingProblem(
                  option, null, "", "goes with --collector FILE, which is not there")));
    }
  }

  private CollectorVersion version() throws SettingsException {
    String named = version;
    try {
      return named == null ? CollectorVersion.NEWEST : CollectorVersion.parse(named);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          List.of(
              new SettingProblem(
                  "--collector-version", named, "", String.valueOf(e.getMessage()))));
    }
  }
}
