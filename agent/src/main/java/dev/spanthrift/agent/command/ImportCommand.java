package dev.spanthrift.agent.command;

import dev.spanthrift.agent.collector.ForeignConfiguration;
import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code spanthrift import FILE}: another program's configuration as ours. */
@Command(
    name = "import",
    description =
        "Prints the configuration that is equivalent to an OpenTelemetry Collector's, or to a"
            + " Refinery rules.yaml; what cannot be carried over stands in it as comments.")
final class ImportCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(paramLabel = "FILE", description = "Collector configuration or Refinery rules.")
  private Path file = Path.of("");

  @Option(
      names = "--strict",
      description =
          "Print no configuration when anything would be left out, decided or done otherwise.")
  private boolean strict;

  @Option(
      names = "--environment",
      paramLabel = "NAME",
      description =
          "Of Refinery's rules those of this environment. Default: __default__, those of all"
              + " others.")
  private @Nullable String environment;

  ImportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try {
      ForeignConfiguration imported =
          ForeignConfiguration.toImport(file, context.environment(), environment);
      imported.remarks().forEach(remark -> context.say("spanthrift: " + remark));
      if (strict) {
        imported.require(Set.of(), true);
      }
      context.out().print(imported.text());
      context.out().flush();
      return Context.OK;
    } catch (SettingsException e) {
      context.say("spanthrift: " + file + " cannot be carried over:");
      e.problems().forEach(problem -> context.say("  " + problem));
      return Context.FAILED;
    }
  }
}
