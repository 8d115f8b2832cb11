package dev.spanthrift.agent.config.yaml;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${env:NAME}} and {@code ${env:NAME:-otherwise}} in values, as the OpenTelemetry
 * Collector does; {@code $${env:NAME}} stays as {@code ${env:NAME}}.
 */
public record Expansion(Map<String, String> environment) implements Substitution {
  private static final Pattern FORM =
      Pattern.compile("(\\$?)\\$\\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]+)?");

  @Override
  public YamlNode expand(String path, String text, String where, List<SettingProblem> problems) {
    if (!text.contains("${env:")) {
      return new YamlNode.Scalar(text, YamlNode.Scalar.Kind.TEXT, where);
    }
    Matcher matcher = FORM.matcher(text);
    boolean whole = matcher.matches() && matcher.group(1).isEmpty();
    matcher.reset();
    StringBuilder out = new StringBuilder();
    while (matcher.find()) {
      matcher.appendReplacement(
          out, Matcher.quoteReplacement(replacement(matcher, path, where, problems)));
    }
    String expanded = matcher.appendTail(out).toString();
    return new YamlNode.Scalar(expanded, whole ? kind(expanded) : YamlNode.Scalar.Kind.TEXT, where);
  }

  private String replacement(
      Matcher matcher, String path, String where, List<SettingProblem> problems) {
    if (!matcher.group(1).isEmpty()) {
      return matcher.group().substring(1);
    }
    String name = matcher.group(2);
    String value = environment.getOrDefault(name, "");
    if (!value.isEmpty()) {
      return value;
    }
    if (matcher.group(3) == null) {
      problems.add(
          new SettingProblem(
              path,
              matcher.group(),
              where,
              "the environment variable "
                  + name
                  + " is not set; set it or write ${env:"
                  + name
                  + ":-otherwise}"));
      return "";
    }
    return matcher.group(3);
  }

  /** A value that is nothing but a variable has the type that its text has in YAML. */
  private static YamlNode.Scalar.Kind kind(String text) {
    if (text.isEmpty()) {
      return YamlNode.Scalar.Kind.NOTHING;
    }
    if (text.equals("true") || text.equals("false")) {
      return YamlNode.Scalar.Kind.BOOLEAN;
    }
    return NUMBER.matcher(text).matches() ? YamlNode.Scalar.Kind.NUMBER : YamlNode.Scalar.Kind.TEXT;
  }
}
