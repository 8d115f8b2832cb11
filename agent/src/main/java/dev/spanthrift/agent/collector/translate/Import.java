package dev.spanthrift.agent.collector.translate;

import dev.spanthrift.agent.collector.reading.CollectorExpansion;
import dev.spanthrift.agent.collector.file.CollectorFile;
import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.reading.YamlText;
import dev.spanthrift.agent.collector.refinery.RefineryRules;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.config.yaml.YamlNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Another program's configuration as ours.
 *
 * @param settings in the form of our file
 */
public record Import(Map<String, Object> settings, List<Remark> remarks) {

  /**
   * Reads a Collector's configuration, or Refinery's rules.
   *
   * @throws SettingsException if it is neither
   */
  public static Import read(Path file, Map<String, String> environment) throws SettingsException {
    String source = String.valueOf(file.getFileName());
    Remarks remarks = new Remarks();
    CollectorExpansion expansion = new CollectorExpansion(environment, true, remarks);
    YamlNode node =
        CollectorFile.parsed(InputFile.text("import", file), source, expansion, remarks);
    Place root = Place.root(node, source, remarks);
    if (root.child("Samplers").exists() || root.child("RulesVersion").exists()) {
      return refinery(root);
    }
    refuseOurs(root);
    CollectorFile read = CollectorFile.read(root, CollectorVersion.NEWEST, true);
    Map<String, Object> settings = new LinkedHashMap<>(read.settings());
    settings.putAll(new PolicyTranslation(remarks, root).translate(read.stages()));
    return new Import(settings, remarks.all());
  }

  private static void refuseOurs(Place root) throws SettingsException {
    boolean ours =
        root.child("destinations").exists()
            || root.child("policies").exists()
            || root.child("listen").exists();
    if (ours && !root.child("service").exists()) {
      throw new SettingsException(
          List.of(
              new SettingProblem(
                  "the file",
                  null,
                  root.where(),
                  "this is a configuration of ours already; use run --config FILE")));
    }
  }

  private static Import refinery(Place root) throws SettingsException {
    Map<String, Object> settings = new RefineryRules(root).read();
    if (!root.remarks().problems().isEmpty()) {
      throw new SettingsException(root.remarks().problems());
    }
    return new Import(settings, root.remarks().all());
  }

  /** What is missing here. */
  public List<Remark> lost() {
    return remarks.stream().filter(Remark::lost).toList();
  }

  /** YAML, with the remarks as comments before it. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Remark remark : remarks) {
      text.append("# ").append(remark.toString().replace("\n", " ")).append('\n');
    }
    return text.append(YamlText.of(settings).stripTrailing()).append('\n').toString();
  }
}
