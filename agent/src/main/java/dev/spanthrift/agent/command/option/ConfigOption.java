package dev.spanthrift.agent.command.option;

import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config FILE}, or SPANTHRIFT_CONFIG. */
public final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML file; see spanthrift.example.yaml. Default: SPANTHRIFT_CONFIG, or none.")
  private @Nullable Path file;

  /** Whether one is named on the command line. */
  public boolean given() {
    return file != null;
  }

  /** As {@code --config} does; null names none. */
  public void name(@Nullable Path named) {
    file = named;
  }

  public SettingsLoader.Loaded load(Map<String, String> environment) throws SettingsException {
    return SettingsLoader.load(chosen(environment), environment);
  }

  /** Leaves out what cannot be used. */
  public SettingsLoader.Loaded loadLeniently(
      Map<String, String> environment, SettingsLoader.AlsoChecked also) throws SettingsException {
    return SettingsLoader.loadLeniently(chosen(environment), environment, also);
  }

  private @Nullable Path chosen(Map<String, String> environment) {
    String named = environment.getOrDefault("SPANTHRIFT_CONFIG", "");
    return file == null && !named.isEmpty() ? Path.of(named) : file;
  }
}
