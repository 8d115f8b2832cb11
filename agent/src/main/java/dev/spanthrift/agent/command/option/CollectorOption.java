package dev.spanthrift.agent.command.option;

import dev.spanthrift.agent.collector.ForeignConfiguration;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --collector FILE [--strict] [--accept NAME…]}: a Collector's configuration, not ours. */
public final class CollectorOption {
  @Option(
      names = "--collector",
      paramLabel = "FILE",
      description =
          "OpenTelemetry Collector configuration, decided as the Collector does; SPANTHRIFT_…"
              + " variables go before it. Given again, a later file's keys go before.")
  private @Nullable List<Path> files;

  @Option(
      names = "--strict",
      description =
          "Refuse to start when anything would be left out, decided or done otherwise than the"
              + " Collector would.")
  private boolean strict;

  @Option(
      names = "--accept",
      paramLabel = "NAME",
      arity = "1..*",
      description =
          "Start although this is left out, which protects or sends data. The name is in the"
              + " message that refuses it; name each thing.")
  private @Nullable List<String> accepted;

  @Option(
      names = "--collector-version",
      paramLabel = "VERSION",
      description = "Version whose semantics hold, such as 0.150.0. Default: the newest known.")
  private @Nullable String version;

  /** Null when there is no such file. */
  public @Nullable ForeignConfiguration read(Context context) throws SettingsException {
    List<Path> chosen = files;
    Set<String> names = accepted == null ? Set.of() : Set.copyOf(accepted);
    if (chosen == null) {
      requireAbsent("--strict", strict);
      requireAbsent("--accept", !names.isEmpty());
      requireAbsent("--collector-version", version != null);
      return null;
    }
    ForeignConfiguration read = ForeignConfiguration.toRun(chosen, context.environment(), version);
    read.remarks().forEach(remark -> context.say("spanthrift: " + remark));
    read.require(names, strict);
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
}
