package dev.spanthrift.kubernetes.injection;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes a copy of a pod and writes down each step, so that the copy and the patch agree. */
final class PodPatch {
  private final ObjectNode pod;
  private final ArrayNode operations = Json.array();

  PodPatch(ObjectNode pod) {
    this.pod = pod.deepCopy();
  }

  ObjectNode pod() {
    return pod;
  }

  ArrayNode operations() {
    return operations;
  }

  /** Sets a key of an object of the pod, which is made where it is absent. */
  void put(String objectPath, String key, JsonNode value) {
    ObjectNode object = objectAt(objectPath);
    String path = objectPath + "/" + escaped(key);
    write(object.has(key) ? "replace" : "add", path, value);
    object.set(key, value.deepCopy());
  }

  private ObjectNode objectAt(String path) {
    JsonNode found = pod.at(path);
    if (found instanceof ObjectNode object) {
      return object;
    }
    int slash = path.lastIndexOf('/');
    ObjectNode parent = objectAt(path.substring(0, slash));
    write("add", path, Json.object());
    ObjectNode made = Json.object();
    parent.set(path.substring(slash + 1), made);
    return made;
  }

  /** Inserts into a list of the pod, which is made where it is absent. */
  void insert(String listPath, int index, JsonNode element) {
    if (!(pod.at(listPath) instanceof ArrayNode list)) {
      int slash = listPath.lastIndexOf('/');
      put(listPath.substring(0, slash), listPath.substring(slash + 1), Json.array().add(element));
      return;
    }
    write("add", listPath + "/" + (index == list.size() ? "-" : String.valueOf(index)), element);
    list.insert(index, element.deepCopy());
  }

  void append(String listPath, JsonNode element) {
    insert(listPath, pod.at(listPath).size(), element);
  }

  /** Replaces an element of a list. */
  void replace(String listPath, int index, JsonNode element) {
    write("replace", listPath + "/" + index, element);
    ((ArrayNode) pod.at(listPath)).set(index, element.deepCopy());
  }

  private void write(String operation, String path, JsonNode value) {
    operations.addObject().put("op", operation).put("path", path).set("value", value.deepCopy());
  }

  static String escaped(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }
}
