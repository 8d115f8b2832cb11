package dev.spanthrift.agent.collector.translate;

import dev.spanthrift.agent.collector.file.CollectorFile;
import dev.spanthrift.agent.collector.reading.CollectorExpansion;
import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.reading.YamlText;
import dev.spanthrift.agent.collector.refinery.RefineryRules;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Another program's configuration as ours.
 *
 * @param settings in the form of our file
 */
public record Import(Map<String, Object> settings, List<Remark> remarks) {
  private static final Pattern TOML_KEY =
      Pattern.compile("^\\s*[\\w.\"-]+\\s*=\\s*(\"|\\[|[0-9]|true|false)", Pattern.MULTILINE);
  private static final Pattern YAML_KEY =
      Pattern.compile("^\\s*[\\w.\"/-]+:(\\s|$)", Pattern.MULTILINE);

  /**
   * Reads a Collector's configuration, or Refinery's rules.
   *
   * @throws SettingsException if it is neither
   */
  public static Import read(Path file, Map<String, String> environment) throws SettingsException {
    return read(file, environment, null);
  }

  /** Reads it with the rules of one of Refinery's environments; null for those of all others. */
  public static Import read(
      Path file, Map<String, String> environment, @Nullable String refineryEnvironment)
      throws SettingsException {
    String source = String.valueOf(file.getFileName());
    String text = InputFile.text("import", file);
    refuseToml(source, text);
    Remarks remarks = new Remarks();
    CollectorExpansion expansion = new CollectorExpansion(environment, true, remarks);
    Place root =
        Place.root(CollectorFile.parsed(text, source, expansion, remarks), source, remarks);
    if (root.child("Samplers").exists() || root.child("RulesVersion").exists()) {
      return refinery(root, refineryEnvironment);
    }
    if (refineryEnvironment != null) {
      throw refused("--environment", source, "goes with Refinery's rules, which these are not");
    }
    refuseOurs(root);
    CollectorFile read = CollectorFile.read(root, CollectorVersion.NEWEST, true);
    Map<String, Object> settings = new LinkedHashMap<>(read.settings());
    settings.putAll(new PolicyTranslation(remarks, root).translate(read.stages()));
    return new Import(settings, remarks.all());
  }

  /** Version 1 was TOML: tables in brackets, and keys with =. */
  private static void refuseToml(String source, String text) throws SettingsException {
    boolean toml = source.endsWith(".toml");
    if (toml || TOML_KEY.matcher(text).find() && !YAML_KEY.matcher(text).find()) {
      throw refused(
          source,
          source,
          "Refinery's rules of version 2, in YAML; these are TOML of version 1, which Refinery's"
              + " own program convert turns into version 2");
    }
  }

  private static SettingsException refused(String key, String where, String right) {
    return new SettingsException(List.of(new SettingProblem(key, null, where, right)));
  }

  private static void refuseOurs(Place root) throws SettingsException {
    boolean ours =
        root.child("destinations").exists()
            || root.child("policies").exists()
            || root.child("listen").exists();
    if (ours && !root.child("service").exists()) {
      throw refused(
          "the file",
          root.where(),
          "this is a configuration of ours already; use run --config FILE");
    }
    if (root.child("General").child("ConfigurationVersion").exists()) {
      throw refused(
          "the file",
          root.where(),
          "Refinery's rules.yaml; this is its config.yaml, without rules");
    }
  }

  private static Import refinery(Place root, @Nullable String environment)
      throws SettingsException {
    Map<String, Object> settings = new RefineryRules(root).read(environment);
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
