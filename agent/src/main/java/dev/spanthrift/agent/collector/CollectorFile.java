package dev.spanthrift.agent.collector;

import dev.spanthrift.agent.config.Problem;
import dev.spanthrift.agent.config.SettingsException;
import dev.spanthrift.agent.config.SettingsLoader;
import dev.spanthrift.agent.config.YamlNode;
import dev.spanthrift.agent.config.YamlReader;
import dev.spanthrift.sampler.policy.collector.CollectorVersion;
import dev.spanthrift.sampler.policy.collector.SamplingStage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private static final long FILE_BYTES_MAX = 4 << 20;

  /**
   * Reads it to be run.
   *
   * @throws SettingsException if the Collector would not start with it either, or nothing could
   */
  public static CollectorFile read(
      Path file, Map<String, String> environment, CollectorVersion version)
      throws SettingsException {
    String source = String.valueOf(file.getFileName());
    Remarks remarks = new Remarks();
    YamlNode root =
        parsed(text(file), source, new CollectorExpansion(environment, false, remarks), remarks);
    return read(Place.root(root, source, remarks), version, false);
  }

  static CollectorFile read(Place root, CollectorVersion version, boolean writable)
      throws SettingsException {
    PipelineReader reader = new PipelineReader(root, version, writable);
    reader.read();
    if (!root.remarks().problems().isEmpty()) {
      throw new SettingsException(root.remarks().problems());
    }
    return new CollectorFile(reader.settings(), reader.stages(), root.remarks().all());
  }

  static YamlNode parsed(String text, String source, CollectorExpansion expansion, Remarks remarks)
      throws SettingsException {
    YamlNode root = YamlReader.read(text, source, expansion, remarks.problems());
    if (root == null || !remarks.problems().isEmpty()) {
      List<Problem> problems = new ArrayList<>(remarks.problems());
      if (problems.isEmpty()) {
        problems.add(new Problem(source, null, source, "a configuration; the file is empty"));
      }
      throw new SettingsException(problems);
    }
    return root;
  }

  static String text(Path file) throws SettingsException {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new IOException("larger than 4 MiB");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new SettingsException(
          List.of(
              new Problem(
                  "file", file.toString(), "", "a readable file in UTF-8 of at most 4 MiB")));
    }
  }

  /** Our settings with what stands in the file; variables of ours go before it. */
  public SettingsLoader.Loaded load(Map<String, String> environment) throws SettingsException {
    return SettingsLoader.load(YamlText.of(settings), "from the Collector's file", environment);
  }

  /** What is missing here. */
  public List<Remark> lost() {
    return remarks.stream().filter(Remark::lost).toList();
  }
}
