package dev.spanthrift.agent.config.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of YAML that remembers where it stands, so that a problem can name the line. */
public sealed interface YamlNode {
  /** File and line, or the environment variable. */
  String where();

  /**
   * As plain Java: {@code Map}, {@code List}, {@code String}, {@code Long}, {@code Double}, {@code
   * Boolean}, or an empty string for null.
   */
  Object plain();

  /** Text, number, boolean, or nothing. */
  record Scalar(String text, Kind kind, String where) implements YamlNode {
    public enum Kind {
      TEXT,
      NUMBER,
      BOOLEAN,
      NOTHING
    }

    public boolean isNothing() {
      return kind == Kind.NOTHING;
    }

    @Override
    public Object plain() {
      return switch (kind) {
        case TEXT, NOTHING -> text;
        case BOOLEAN -> Boolean.valueOf(text);
        case NUMBER -> number();
      };
    }

    private Object number() {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException notWhole) {
        return Double.valueOf(text);
      }
    }
  }

  /** Keys in the order of the file. */
  record Mapping(Map<String, YamlNode> entries, String where) implements YamlNode {
    @Override
    public Object plain() {
      Map<String, Object> plain = new LinkedHashMap<>();
      entries.forEach((key, node) -> plain.put(key, node.plain()));
      return plain;
    }
  }

  /** Elements in the order of the file. */
  record Sequence(List<YamlNode> elements, String where) implements YamlNode {
    @Override
    public Object plain() {
      List<Object> plain = new ArrayList<>();
      elements.forEach(node -> plain.add(node.plain()));
      return plain;
    }
  }
}
