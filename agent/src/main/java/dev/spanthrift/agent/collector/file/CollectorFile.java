package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.CollectorExpansion;
import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.reading.YamlText;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.collector.tail.SamplingStage;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.agent.config.yaml.YamlReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An OpenTelemetry Collector configuration, read as far as it has a counterpart here.
 *
 * @param settings the keys of our own configuration, without policies
 * @param stages what samples, in order
 */
public record CollectorFile(
    Map<String, Object> settings, List<SamplingStage> stages, List<Remark> remarks) {
  /**
   * Reads it to be run.
   *
   * @throws SettingsException if the Collector would not start with it either, or nothing could
   */
  public static CollectorFile read(
      Path file, Map<String, String> environment, CollectorVersion version)
      throws SettingsException {
    return read(List.of(file), environment, version);
  }

  /** Several files are one, as with the Collector's --config: a later key goes before. */
  public static CollectorFile read(
      List<Path> files, Map<String, String> environment, CollectorVersion version)
      throws SettingsException {
    Remarks remarks = new Remarks();
    CollectorExpansion expansion = new CollectorExpansion(environment, false, remarks);
    YamlNode root = null;
    for (Path file : files) {
      String text = InputFile.text("--collector", file);
      YamlNode read = parsed(text, String.valueOf(file.getFileName()), expansion, remarks);
      root = root == null ? read : merged(root, read);
    }
    String source = String.valueOf(files.getFirst().getFileName());
    return read(Place.root(root, source, remarks), version, false);
  }

  private static YamlNode merged(YamlNode before, YamlNode after) {
    if (!(before instanceof YamlNode.Mapping old && after instanceof YamlNode.Mapping young)) {
      return after;
    }
    Map<String, YamlNode> entries = new LinkedHashMap<>(old.entries());
    young.entries().forEach((key, node) -> entries.merge(key, node, CollectorFile::merged));
    return new YamlNode.Mapping(entries, young.where());
  }

  /**
   * Reads what was parsed.
   *
   * @param writable whether conditions must be such that policies of ours can ask them
   */
  public static CollectorFile read(Place root, CollectorVersion version, boolean writable)
      throws SettingsException {
    Place whole = OptionalSections.applied(root);
    PipelineReader reader = new PipelineReader(whole, version, writable);
    reader.read();
    if (!root.remarks().problems().isEmpty()) {
      throw new SettingsException(root.remarks().problems());
    }
    return new CollectorFile(reader.settings(), reader.stages(), root.remarks().all());
  }

  /** The YAML of a file that is not empty. */
  public static YamlNode parsed(
      String text, String source, CollectorExpansion expansion, Remarks remarks)
      throws SettingsException {
    YamlNode root = YamlReader.read(text, source, expansion, remarks.problems());
    if (root == null || !remarks.problems().isEmpty()) {
      List<SettingProblem> problems = new ArrayList<>(remarks.problems());
      if (problems.isEmpty()) {
        problems.add(
            new SettingProblem(source, null, source, "a configuration; the file is empty"));
      }
      throw new SettingsException(problems);
    }
    return root;
  }

  /** Our settings with what stands in the file; variables of ours go before it. */
  public SettingsLoader.Loaded load(Map<String, String> environment) throws SettingsException {
    String text = YamlText.of(YamlText.escaped(settings));
    return SettingsLoader.load(text, "from the Collector's file", environment);
  }

  /** What is missing here. */
  public List<Remark> lost() {
    return remarks.stream().filter(Remark::lost).toList();
  }
}
