package dev.spanthrift.kubernetes.injection;

import java.util.Collection;
import java.util.Set;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** Texts in the Common Expression Language, as admission policies of Kubernetes have it. */
final class Cel {
  /** Fields that are maps from texts, not messages with fields of their own. */
  private static final Set<String> MAPS = Set.of("requests", "limits");

  private Cel() {}

  static String text(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  static String list(Collection<String> texts) {
    StringJoiner elements = new StringJoiner(", ", "[", "]");
    texts.stream().sorted().forEach(element -> elements.add(text(element)));
    return elements.toString();
  }

  /** A tree as a literal of a type; a field's type is its path, such as Object.spec.volumes. */
  static String message(String type, JsonNode node) {
    StringJoiner fields = new StringJoiner(", ", type + "{", "}");
    node.properties()
        .forEach(
            e -> {
              String of = type + "." + e.getKey();
              boolean map = MAPS.contains(e.getKey());
              fields.add(e.getKey() + ": " + (map ? map(e.getValue()) : value(of, e.getValue())));
            });
    return fields.toString();
  }

  private static String value(String type, JsonNode node) {
    if (node.isObject()) {
      return message(type, node);
    }
    if (node.isArray()) {
      StringJoiner elements = new StringJoiner(", ", "[", "]");
      node.forEach(element -> elements.add(value(type, element)));
      return elements.toString();
    }
    return node.isString() ? text(node.asString("")) : node.toString();
  }

  private static String map(JsonNode node) {
    StringJoiner entries = new StringJoiner(", ", "{", "}");
    node.properties().forEach(e -> entries.add(text(e.getKey()) + ": " + value("", e.getValue())));
    return entries.toString();
  }

  /** One operation of a JSON patch. */
  static String add(String path, String value) {
    return "JSONPatch{op: 'add', path: " + path + ", value: " + value + "}";
  }

  /** A list of operations where a condition holds, else none. */
  static String when(String condition, String operations) {
    return "(" + condition + " ? " + operations + " : [])";
  }

  /** A label or annotation of an object, empty where there is none. */
  static String entry(String map, String key) {
    String text = text(key);
    return "(has(" + map + ") && " + text + " in " + map + " ? " + map + "[" + text + "] : '')";
  }
}
