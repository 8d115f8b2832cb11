package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.spanthrift.kubernetes.injection.Injection;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * The manifests of {@code examples/workloads}: applications that the cluster's installation meets.
 */
class WorkloadsTest {
  private static final Path FOLDER = Chart.EXAMPLES.resolve("workloads");

  static Stream<Path> files() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(FOLDER)) {
      files = found.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    }
    assertTrue(files.size() >= 7, files::toString);
    return files.stream();
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyObjectIsOneThatKubernetesTakes(Path file) throws IOException {
    List<JsonObject> objects = Rendered.of(Files.readString(file)).objects();
    assertFalse(objects.isEmpty());
    for (JsonObject object : objects) {
      StrictModel.validate(object);
    }
  }

  /** What the injector adds passes; what a user copies from here must too. */
  @ParameterizedTest
  @MethodSource("files")
  void everyContainerPassesTheRestrictedStandard(Path file) throws IOException {
    for (JsonObject object : Rendered.of(Files.readString(file)).objects()) {
      for (JsonObject pod : pods(object)) {
        for (JsonObject container : containers(pod)) {
          Restricted.check(pod, container);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyContainerReservesCpuAndMemoryAndNamesAVersion(Path file) throws IOException {
    for (JsonObject object : Rendered.of(Files.readString(file)).objects()) {
      for (JsonObject pod : pods(object)) {
        for (JsonObject container : containers(pod)) {
          assertFalse(text(container, "resources.requests.cpu").isEmpty());
          assertFalse(text(container, "resources.requests.memory").isEmpty());
          assertTrue(text(container, "image").matches(".*:[0-9].*"), container::toString);
        }
        assertFalse(at(pod, "automountServiceAccountToken").getAsBoolean());
      }
      if (List.of("Deployment", "StatefulSet").contains(text(object, "kind"))) {
        assertEquals(10, at(object, "spec.minReadySeconds").getAsInt());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyExampleSaysWhatItIsFor(Path file) throws IOException {
    assertTrue(Files.readString(file).startsWith("# "));
  }

  /** The pods of these examples as the API server would send them, through the injector itself. */
  @ParameterizedTest
  @MethodSource("files")
  void whoeverAsksForASidecarGetsOneAndNobodyElse(Path file) throws IOException {
    PodInjector injector =
        new PodInjector(SidecarDefaults.of("spanthrift:1", "https://otlp.example.com:4318"));
    List<JsonObject> objects = Rendered.of(Files.readString(file)).objects();
    int asked = 0;
    for (JsonObject object : objects) {
      for (JsonObject template : templates(object)) {
        JsonObject pod = asPod(object, template);
        PodNamespace namespace = namespace(objects, text(object, "metadata.namespace"));
        Injection injection = injector.inject(JSON.readTree(pod.toString()), namespace);
        if (optedOut(template)) {
          assertInstanceOf(Injection.Skipped.class, injection);
          continue;
        }
        asked++;
        Injection.Injected injected =
            assertInstanceOf(Injection.Injected.class, injection, injection::toString);
        assertEquals(List.of(), injected.warnings());
        JsonObject result = JsonParser.parseString(injected.pod().toString()).getAsJsonObject();
        StrictModel.validate(result);
        JsonObject spec = result.getAsJsonObject("spec");
        containers(spec).forEach(container -> Restricted.check(spec, container));
        JsonObject application = at(spec, "containers.0").getAsJsonObject();
        assertEquals(
            "http://127.0.0.1:4318", Rendered.env(application, "OTEL_EXPORTER_OTLP_ENDPOINT"));
      }
    }
    boolean none =
        file.endsWith("argocd.yaml")
            || file.endsWith("without-injection.yaml"); // no pod, a sidecar by hand
    assertEquals(none, asked == 0, file::toString);
  }

  private static final JsonMapper JSON = JsonMapper.shared();

  private static List<JsonObject> templates(JsonElement from) {
    List<JsonObject> templates = new ArrayList<>();
    if (from.isJsonObject()) {
      JsonObject object = from.getAsJsonObject();
      if (object.has("template") && !pods(object.get("template")).isEmpty()
          && object.getAsJsonObject("template").getAsJsonObject("spec").has("containers")) {
        templates.add(object.getAsJsonObject("template"));
      } else {
        object.asMap().values().forEach(each -> templates.addAll(templates(each)));
      }
    }
    return templates;
  }

  private static JsonObject asPod(JsonObject owner, JsonObject template) {
    JsonObject pod = template.deepCopy();
    pod.addProperty("apiVersion", "v1");
    pod.addProperty("kind", "Pod");
    pod.getAsJsonObject("metadata").addProperty("generateName", text(owner, "metadata.name") + "-");
    return pod;
  }

  /** Labelled where the file has it so; the Job's stands in the Deployment's file. */
  private static PodNamespace namespace(List<JsonObject> objects, String name) {
    for (JsonObject object : objects) {
      if (text(object, "kind").equals("Namespace") && text(object, "metadata.name").equals(name)) {
        JsonObject metadata = object.getAsJsonObject("metadata");
        return new PodNamespace(name, map(metadata, "labels"), map(metadata, "annotations"));
      }
    }
    return name.equals("shop")
        ? new PodNamespace(name, Map.of("spanthrift.dev/injection", "enabled"), Map.of())
        : PodNamespace.named(name);
  }

  private static Map<String, String> map(JsonObject metadata, String key) {
    Map<String, String> map = new HashMap<>();
    if (metadata.has(key)) {
      metadata.getAsJsonObject(key).asMap().forEach((k, v) -> map.put(k, v.getAsString()));
    }
    return map;
  }

  private static boolean optedOut(JsonObject template) {
    return "false".equals(map(template.getAsJsonObject("metadata"), "labels").get("spanthrift.dev/inject"));
  }

  /** Pod specifications anywhere in an object: whatever has containers. */
  static List<JsonObject> pods(JsonElement from) {
    List<JsonObject> pods = new ArrayList<>();
    if (from.isJsonObject()) {
      if (from.getAsJsonObject().has("containers")) {
        pods.add(from.getAsJsonObject());
      }
      from.getAsJsonObject().asMap().values().forEach(each -> pods.addAll(pods(each)));
    } else if (from.isJsonArray()) {
      from.getAsJsonArray().forEach(each -> pods.addAll(pods(each)));
    }
    return pods;
  }

  static List<JsonObject> containers(JsonObject pod) {
    List<JsonObject> containers = new ArrayList<>();
    for (String key : List.of("initContainers", "containers")) {
      if (pod.has(key)) {
        pod.getAsJsonArray(key).forEach(c -> containers.add(c.getAsJsonObject()));
      }
    }
    return containers;
  }
}
