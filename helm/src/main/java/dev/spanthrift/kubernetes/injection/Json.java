package dev.spanthrift.kubernetes.injection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Objects of Kubernetes as trees: what we do not know of them stays in them. */
final class Json {
  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  static ArrayNode texts(List<String> texts) {
    ArrayNode array = array();
    texts.forEach(array::add);
    return array;
  }

  /** An entry of an environment. */
  static ObjectNode variable(String name, String value) {
    return object().put("name", name).put("value", value);
  }

  /** One that the Downward API fills. */
  static ObjectNode fieldVariable(String name, String path) {
    ObjectNode entry = object().put("name", name);
    entry.putObject("valueFrom").putObject("fieldRef").put("fieldPath", path);
    return entry;
  }

  /** The elements of a list that are objects; none where it is no list. */
  static List<ObjectNode> objects(JsonNode list) {
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode element : list) {
      if (element instanceof ObjectNode object) {
        objects.add(object);
      }
    }
    return objects;
  }

  /** A map of texts, such as labels. */
  static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      texts.put(entry.getKey(), entry.getValue().asString(""));
    }
    return texts;
  }

  static String name(JsonNode object) {
    return object.path("name").asString("");
  }
}
