package dev.spanthrift.agent.collector;

import dev.spanthrift.agent.collector.file.CollectorFile;
import dev.spanthrift.agent.collector.reading.Acceptance;
import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.tail.CollectorJudge;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.collector.tail.SamplingStage;
import dev.spanthrift.agent.collector.translate.Import;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.sampler.Judge;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The door to other programs' configurations: to run one as it is, or to turn it into ours. */
public final class ForeignConfiguration {
  private final List<Remark> remarks;
  private final @Nullable CollectorFile file; // null for what is only turned into ours
  private final String text;

  private ForeignConfiguration(List<Remark> remarks, @Nullable CollectorFile file, String text) {
    this.remarks = remarks;
    this.file = file;
    this.text = text;
  }

  /**
   * Reads a Collector's configuration, to be run.
   *
   * @param files of which a later one goes before
   * @param version whose semantics hold; null for the newest that is known
   * @throws SettingsException if the Collector would not start with it either, or nothing could
   */
  public static ForeignConfiguration toRun(
      List<Path> files, Map<String, String> environment, @Nullable String version)
      throws SettingsException {
    CollectorFile file = CollectorFile.read(files, environment, version(version));
    return new ForeignConfiguration(file.remarks(), file, "");
  }

  /**
   * Reads a Collector's configuration, or Refinery's rules, to be turned into ours.
   *
   * @param of the environment whose rules Refinery's file has; null for those of all others
   * @throws SettingsException if it is neither
   */
  public static ForeignConfiguration toImport(
      Path file, Map<String, String> environment, @Nullable String of) throws SettingsException {
    Import imported = Import.read(file, environment, of);
    return new ForeignConfiguration(imported.remarks(), null, imported.text());
  }

  private static CollectorVersion version(@Nullable String named) throws SettingsException {
    try {
      return named == null ? CollectorVersion.NEWEST : CollectorVersion.parse(named);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          List.of(
              new SettingProblem(
                  "--collector-version", named, "", String.valueOf(e.getMessage()))));
    }
  }

  /** What is not carried over as it stands, a line each. */
  public List<String> remarks() {
    return remarks.stream().map(Remark::toString).toList();
  }

  /**
   * Refuses what would be lost.
   *
   * @param accepted names of what may be
   * @param strict whether everything else must be as it is there, and not only what protects or
   *     sends data
   * @throws SettingsException with all of it
   */
  public void require(Set<String> accepted, boolean strict) throws SettingsException {
    new Acceptance(accepted, strict).check(remarks);
  }

  /** Our settings with what stands in the file; variables of ours go before it. */
  public SettingsLoader.Loaded load(Map<String, String> environment) throws SettingsException {
    return toRun().load(environment);
  }

  /** Who decides as the other program does. */
  public Judge judge() {
    List<SamplingStage> stages = toRun().stages();
    return new CollectorJudge(stages);
  }

  private CollectorFile toRun() {
    if (file == null) {
      throw new IllegalStateException("was read to be turned into ours");
    }
    return file;
  }

  /** Our configuration in YAML, of what was read to be turned into it. */
  public String text() {
    return text;
  }
}
