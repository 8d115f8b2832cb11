package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
