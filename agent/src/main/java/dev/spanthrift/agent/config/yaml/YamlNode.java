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
   * Boolean}, or an empty string for null. Only for what has no type of its own.
   */
  Object plain();

  /**
   * Text, number, boolean, or nothing.
   *
   * @param text as it was written, whatever YAML makes of it: what a setting that is text takes
   */
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
        case TEXT -> text;
        case NOTHING -> "";
        case BOOLEAN -> Boolean.valueOf(text);
        case NUMBER -> number();
      };
    }

    private Object number() {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException notWhole) {
        return fraction();
      }
    }

    /** YAML has numbers that Java reads otherwise, such as .inf; those stay what was written. */
    private Object fraction() {
      try {
        return Double.valueOf(text);
      } catch (NumberFormatException notOurs) {
        return text;
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
