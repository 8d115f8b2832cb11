package dev.spanthrift.agent.config.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads YAML into nodes with lines, and refuses what silently loses something: duplicate keys, a
 * second document, and aliases where a file is ours.
 */
public final class YamlReader {
  private static final YAMLFactory FACTORY = new YAMLFactory();

  private final JsonParser parser;
  private final String source;
  private final boolean lines;
  private final Substitution expansion;
  private final List<SettingProblem> problems;
  private final @Nullable Anchors anchors; // null where they are refused

  private YamlReader(
      JsonParser parser,
      String source,
      boolean lines,
      Substitution expansion,
      @Nullable Anchors anchors,
      List<SettingProblem> problems) {
    this.anchors = anchors;
    this.parser = parser;
    this.source = source;
    this.lines = lines;
    this.expansion = expansion;
    this.problems = problems;
  }

  /** Reads one document without expansion; see the other one. */
  public static @Nullable YamlNode read(String text, String source, List<SettingProblem> problems) {
    return read(text, source, true, new Expansion(Map.of()), problems);
  }

  /** Reads one document of another program, with its variables, anchors and merge keys. */
  public static @Nullable YamlNode read(
      String text, String source, Substitution substitution, List<SettingProblem> problems) {
    return read(text, source, true, substitution, new Anchors(), problems);
  }

  /**
   * Reads one document.
   *
   * @param source file name, or environment variable, for the problems
   * @param lines whether lines mean something in that source
   * @return null when it is empty or cannot be read; the latter adds a problem
   */
  public static @Nullable YamlNode read(
      String text,
      String source,
      boolean lines,
      Substitution expansion,
      List<SettingProblem> problems) {
    return read(text, source, lines, expansion, null, problems);
  }

  private static @Nullable YamlNode read(
      String text,
      String source,
      boolean lines,
      Substitution expansion,
      @Nullable Anchors anchors,
      List<SettingProblem> problems) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      YamlReader reader = new YamlReader(parser, source, lines, expansion, anchors, problems);
      JsonToken token = parser.nextToken();
      if (token == null) {
        return null;
      }
      YamlNode root = reader.node(token, "", reader.where());
      if (parser.nextToken() != null) {
        problems.add(
            new SettingProblem(
                source, null, reader.where(), "one document only, without a second ---"));
      }
      return root;
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      String where = lines && line > 0 ? source + ":" + line : source;
      problems.add(new SettingProblem(source, null, where, "not YAML: " + firstLine(e)));
      return null;
    }
  }

  private static String firstLine(JacksonException e) {
    String message = Objects.requireNonNullElse(e.getOriginalMessage(), "cannot be read");
    return message.lines().limit(3).map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
  }

  /**
   * Reads one value.
   *
   * @param where of the key, so that a problem names the line that a person looks for
   */
  private YamlNode node(JsonToken token, String path, String where) {
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      if (anchors != null) {
        return anchors.alias(parser.getString(), path, where, problems);
      }
      problems.add(new SettingProblem(path, null, where, "aliases are not read; repeat the value"));
      return new YamlNode.Scalar("", YamlNode.Scalar.Kind.NOTHING, where);
    }
    if (anchors == null) {
      return plain(token, path, where);
    }
    Object anchor = parser.getObjectId();
    long begin = anchors.begin();
    YamlNode node = plain(token, path, where);
    anchors.end(anchor == null ? null : anchor.toString(), node, begin);
    return node;
  }

  private YamlNode plain(JsonToken token, String path, String where) {
    return switch (token) {
      case START_OBJECT -> mapping(path, where);
      case START_ARRAY -> sequence(path, where);
      case VALUE_NULL -> scalar(YamlNode.Scalar.Kind.NOTHING, where);
      case VALUE_TRUE, VALUE_FALSE -> scalar(YamlNode.Scalar.Kind.BOOLEAN, where);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> scalar(YamlNode.Scalar.Kind.NUMBER, where);
      default -> expansion.expand(path, parser.getString(), where, problems);
    };
  }

  private YamlNode scalar(YamlNode.Scalar.Kind kind, String where) {
    return new YamlNode.Scalar(parser.getString(), kind, where);
  }

  private YamlNode mapping(String path, String where) {
    Map<String, YamlNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String keyWhere = where();
      String keyPath = path.isEmpty() ? key : path + "." + key;
      YamlNode before = entries.get(key);
      if (before != null) {
        problems.add(
            new SettingProblem(
                keyPath, null, keyWhere, "stands twice, first at " + before.where()));
      }
      entries.put(key, node(parser.nextToken(), keyPath, keyWhere));
    }
    return new YamlNode.Mapping(
        anchors == null ? entries : Anchors.merged(entries, path, problems), where);
  }

  private YamlNode sequence(String path, String where) {
    List<YamlNode> elements = new ArrayList<>();
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      elements.add(node(t, path + "[" + elements.size() + "]", where()));
    }
    return new YamlNode.Sequence(elements, where);
  }

  private String where() {
    return lines ? source + ":" + parser.currentTokenLocation().getLineNr() : source;
  }
}
