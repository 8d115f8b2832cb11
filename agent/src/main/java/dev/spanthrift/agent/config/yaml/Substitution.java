package dev.spanthrift.agent.config.yaml;

import java.util.List;

/** Makes a node of the text that stands in a YAML file, and may replace variables in it. */
@FunctionalInterface
public interface Substitution {
  /** Replaces nothing. */
  Substitution NONE =
      (path, text, where, problems) -> new YamlNode.Scalar(text, YamlNode.Scalar.Kind.TEXT, where);

  YamlNode expand(String path, String text, String where, List<SettingProblem> problems);
}
