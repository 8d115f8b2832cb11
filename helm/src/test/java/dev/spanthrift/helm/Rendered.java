package dev.spanthrift.helm;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * What a rendering consists of: its text as Helm wrote it, the objects of the release, and those
 * that are there for a moment only, as hooks.
 */
record Rendered(String text, List<JsonObject> objects) {
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();

  static Rendered of(String text) {
    List<JsonObject> objects = new ArrayList<>();
    for (Object document : yaml().loadAll(text)) {
      if (document != null) {
        objects.add(GSON.toJsonTree(document).getAsJsonObject());
      }
    }
    return new Rendered(text, List.copyOf(objects));
  }

  static JsonObject parse(String text) {
    Object document = yaml().load(text);
    return GSON.toJsonTree(document).getAsJsonObject();
  }

  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return new Yaml(options);
  }

  List<String> kinds() {
    return objects.stream().map(o -> o.get("kind").getAsString()).toList();
  }

  JsonObject only(String kind) {
    List<JsonObject> found =
        objects.stream().filter(o -> o.get("kind").getAsString().equals(kind)).toList();
    if (found.size() != 1) {
      throw new AssertionError(kind + ": " + found.size() + " of it among " + kinds());
    }
    return found.getFirst();
  }

  JsonObject deployment() {
    return only("Deployment");
  }

  JsonObject pod() {
    return at(deployment(), "spec.template.spec").getAsJsonObject();
  }

  /** The Spanthrift container of either mode. */
  JsonObject spanthrift() {
    return pod().has("initContainers")
        ? at(pod(), "initContainers.0").getAsJsonObject()
        : at(pod(), "containers.0").getAsJsonObject();
  }

  JsonObject application() {
    return at(pod(), "containers.0").getAsJsonObject();
  }

  /** The configuration file as it stands in the ConfigMap. */
  JsonObject configuration() {
    return parse(
        at(only("ConfigMap"), "data").getAsJsonObject().get("spanthrift.yaml").getAsString());
  }

  /** Value of an environment variable; null if there is none, or if it comes from elsewhere. */
  static String env(JsonObject container, String name) {
    return container.getAsJsonArray("env").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .filter(variable -> variable.get("name").getAsString().equals(name))
        .map(variable -> variable.get("value"))
        .filter(Objects::nonNull)
        .map(JsonElement::getAsString)
        .findFirst()
        .orElse(null);
  }

  /** The element at a path of names and indices, such as {@code spec.ports.0}; must be there. */
  static JsonElement at(JsonElement from, String path) {
    JsonElement here = from;
    for (String step : path.split("\\.")) {
      here =
          here.isJsonArray()
              ? here.getAsJsonArray().get(Integer.parseInt(step))
              : here.getAsJsonObject().get(step);
      if (here == null) {
        throw new AssertionError("no " + path + " (at " + step + ") in " + from);
      }
    }
    return here;
  }

  static String text(JsonElement from, String path) {
    return at(from, path).getAsString();
  }
}
