package dev.spanthrift.agent.collector.reading;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.Substitution;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.agent.config.yaml.YamlNode.Scalar.Kind;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${env:NAME}}, {@code ${env:NAME:-otherwise}} and {@code ${NAME}} as the Collector
 * does: what is not set and has no default becomes empty; {@code $$} is one dollar sign.
 *
 * @param keepHeaders leave variables in headers, because they are secrets
 * @param remarks told of variables that are not set
 */
public record CollectorExpansion(
    Map<String, String> environment, boolean keepHeaders, Remarks remarks) implements Substitution {
  private static final Pattern FORM =
      Pattern.compile(
          "\\$\\$|\\$\\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}|\\$\\{([a-z]+):[^}]*}");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]+)?");

  @Override
  public YamlNode expand(String path, String text, String where, List<SettingProblem> problems) {
    if (!text.contains("$")) {
      return new YamlNode.Scalar(text, Kind.TEXT, where);
    }
    boolean keep = keepHeaders && path.contains(".headers");
    Matcher matcher = FORM.matcher(text);
    boolean whole = matcher.matches() && !keep;
    matcher.reset();
    StringBuilder out = new StringBuilder();
    while (matcher.find()) {
      if (matcher.group(3) != null) {
        problems.add(
            new SettingProblem(path, matcher.group(), where, "only ${env:NAME} is replaced here"));
      }
      matcher.appendReplacement(
          out, Matcher.quoteReplacement(keep ? kept(matcher) : value(matcher, path, where)));
    }
    String expanded = matcher.appendTail(out).toString();
    return new YamlNode.Scalar(expanded, whole ? kind(expanded) : Kind.TEXT, where);
  }

  private String value(Matcher matcher, String path, String where) {
    String name = matcher.group(1);
    if (name == null) {
      return "$";
    }
    String value = environment.getOrDefault(name, "");
    String otherwise = matcher.group(2);
    if (value.isEmpty() && otherwise == null) {
      remarks.unset(path, where, name);
    }
    return value.isEmpty() && otherwise != null ? otherwise : value;
  }

  private static String kept(Matcher matcher) {
    String name = matcher.group(1);
    if (name == null) {
      return "$";
    }
    return "${env:" + name + (matcher.group(2) == null ? "" : ":-" + matcher.group(2)) + "}";
  }

  private static Kind kind(String text) {
    if (text.isEmpty()) {
      return Kind.NOTHING;
    }
    if (text.equals("true") || text.equals("false")) {
      return Kind.BOOLEAN;
    }
    return NUMBER.matcher(text).matches() ? Kind.NUMBER : Kind.TEXT;
  }
}
