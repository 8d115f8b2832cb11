package dev.spanthrift.agent.collector.reading;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.config.yaml.Substitution;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.agent.config.yaml.YamlNode.Scalar;
import dev.spanthrift.agent.config.yaml.YamlNode.Scalar.Kind;
import dev.spanthrift.agent.config.yaml.YamlReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${env:NAME}}, {@code ${env:NAME:-otherwise}}, {@code ${NAME}} and {@code
 * ${file:PATH}} as the Collector does, the innermost first: what is not set and has no default
 * becomes empty, a value that is nothing but a variable has the type that its text has in YAML, and
 * {@code $$} is one dollar sign.
 *
 * @param keepSecrets leave variables in headers and credentials
 * @param remarks told of variables that are not set
 * @param depth of files in files
 */
public record CollectorExpansion(
    Map<String, String> environment, boolean keepSecrets, Remarks remarks, int depth)
    implements Substitution {
  private static final Pattern SECRET = Pattern.compile("\\.(headers|password|token|tokens)\\b");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern VARIABLE =
      Pattern.compile("(?:env:)?([^:]*)(?::-(.*))?", Pattern.DOTALL);
  private static final Pattern KEPT =
      Pattern.compile(
          "(\\$\\$\\{env:)|\\$\\$|\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?![A-Za-z0-9_]|:[^-])");
  private static final int DEPTH_MAX = 8;
  private static final int REPLACED_MAX = 1000; // of the Collector
  private static final int LENGTH_MAX = 1 << 20;

  public CollectorExpansion(Map<String, String> environment, boolean keepSecrets, Remarks remarks) {
    this(environment, keepSecrets, remarks, 0);
  }

  @Override
  public YamlNode expand(String path, String text, String where, List<SettingProblem> problems) {
    if (!text.contains("$")) {
      return new Scalar(text, Kind.TEXT, where);
    }
    if (keepSecrets && SECRET.matcher(path).find()) {
      return new Scalar(kept(text), Kind.TEXT, where);
    }
    YamlNode now = new Scalar(text, Kind.TEXT, where);
    for (int i = 0; now instanceof Scalar scalar && i < REPLACED_MAX; i++) {
      int end = end(scalar.text());
      if (end < 0) {
        return new Scalar(scalar.text().replace("$$", "$"), scalar.kind(), where);
      }
      now = replaced(scalar, end, path, problems);
    }
    if (now instanceof Scalar) {
      problems.add(new SettingProblem(path, text, where, "fewer variables in variables"));
    }
    return now;
  }

  /** The end of the first innermost {@code ${…}} that is not escaped, or -1. */
  private static int end(String text) {
    for (int end = text.indexOf('}'); end >= 0; end = text.indexOf('}', end + 1)) {
      int start = text.lastIndexOf("${", end);
      if (start >= 0 && text.indexOf('}', start) == end && dollarsBefore(text, start) % 2 == 0) {
        return end;
      }
    }
    return -1;
  }

  private static int dollarsBefore(String text, int start) {
    int dollars = 0;
    while (dollars < start && text.charAt(start - dollars - 1) == '$') {
      dollars++;
    }
    return dollars;
  }

  private YamlNode replaced(Scalar scalar, int end, String path, List<SettingProblem> problems) {
    String text = scalar.text();
    int start = text.lastIndexOf("${", end);
    YamlNode value = value(text.substring(start + 2, end), path, scalar.where(), problems);
    if (start == 0 && end == text.length() - 1) {
      return value;
    }
    String inner = value instanceof Scalar of ? of.text() : "";
    if (!(value instanceof Scalar) || text.length() + inner.length() > LENGTH_MAX) {
      problems.add(
          new SettingProblem(
              path, text, scalar.where(), "a text within it, not a list or section"));
    }
    return new Scalar(
        text.substring(0, start) + inner + text.substring(end + 1), Kind.TEXT, scalar.where());
  }

  private YamlNode value(String inner, String path, String where, List<SettingProblem> problems) {
    if (inner.startsWith("file:")) {
      return file(inner, path, where, problems);
    }
    Matcher matcher = VARIABLE.matcher(inner);
    if (!matcher.matches() || !NAME.matcher(matcher.group(1)).matches()) {
      problems.add(
          new SettingProblem(
              path,
              "${" + inner + "}",
              where,
              "only ${env:NAME} and ${file:PATH} are replaced here"));
      return new Scalar("", Kind.NOTHING, where);
    }
    String value = environment.getOrDefault(matcher.group(1), "");
    String otherwise = matcher.group(2);
    if (value.isEmpty() && otherwise == null) {
      remarks.unset(path, where, matcher.group(1));
    }
    return yaml(value.isEmpty() && otherwise != null ? otherwise : value, where);
  }

  private YamlNode file(String inner, String path, String where, List<SettingProblem> problems) {
    try {
      if (depth >= DEPTH_MAX) {
        throw new SettingsException(
            List.of(new SettingProblem(path, inner, where, "at most 8 files in files")));
      }
      String text = InputFile.text("${" + inner + "}", Path.of(inner.substring(5)));
      List<SettingProblem> inside = new ArrayList<>();
      YamlNode read =
          YamlReader.read(
              text,
              String.valueOf(Path.of(inner.substring(5)).getFileName()),
              new CollectorExpansion(environment, keepSecrets, remarks, depth + 1),
              inside);
      if (read != null && !(read instanceof Scalar)) {
        problems.addAll(inside);
        return read;
      }
      return yaml(text.strip(), where);
    } catch (SettingsException e) {
      e.problems().forEach(p -> problems.add(new SettingProblem(path, p.key(), where, p.right())));
      return new Scalar("", Kind.NOTHING, where);
    }
  }

  /** Lists and sections in one line are read; what is a scalar stays as it is written. */
  private static YamlNode yaml(String text, String where) {
    if (text.isEmpty()) {
      return new Scalar("", Kind.NOTHING, where);
    }
    List<SettingProblem> problems = new ArrayList<>();
    YamlNode read = YamlReader.read(text, where, Substitution.NONE, problems);
    if (read instanceof Scalar scalar) {
      return new Scalar(text, scalar.isNothing() ? Kind.TEXT : scalar.kind(), where);
    }
    boolean flow = text.startsWith("[") || text.startsWith("{");
    return flow && read != null && problems.isEmpty() ? read : new Scalar(text, Kind.TEXT, where);
  }

  /** In the form of our own file. */
  private static String kept(String text) {
    return KEPT.matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(match.group(1) == null ? kept(match) : match.group()));
  }

  private static String kept(MatchResult match) {
    return match.group(2) == null ? "$" : "${env:" + match.group(2);
  }
}
