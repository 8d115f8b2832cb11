package dev.spanthrift.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every folder of {@code examples}: values, what they render to, and Kubernetes' view of that. */
class ExamplesTest {
  static Stream<Path> examples() throws IOException {
    List<Path> folders;
    try (Stream<Path> found = Files.list(Chart.EXAMPLES)) {
      folders =
          found.filter(folder -> Files.exists(folder.resolve("values.yaml"))).sorted().toList();
    }
    assertTrue(folders.size() >= 6, folders::toString);
    return folders.stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void rendersWhatIsStored(Path example) throws IOException {
    String rendered = Chart.render(example.resolve("values.yaml")).text();
    Path stored = example.resolve("rendered.yaml");
    if (Chart.UPDATE) {
      Files.writeString(stored, rendered);
    }
    assertEquals(
        Files.readString(stored), rendered, "run with -Dhelm.update=true and look at git diff");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyObjectIsOneThatKubernetesTakes(Path example) throws IOException {
    Rendered rendered = Chart.render(example.resolve("values.yaml"));
    assertFalse(rendered.objects().isEmpty());
    for (JsonObject object : rendered.objects()) {
      StrictModel.validate(object);
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleSaysWhatItIsFor(Path example) throws IOException {
    assertTrue(Files.readString(example.resolve("values.yaml")).startsWith("# "));
  }

  @Test
  void theModelRefusesUnknownFieldsAtAnyDepth() {
    JsonObject deployment = Chart.render(Chart.SIDECAR).deployment();
    Rendered.at(deployment, "spec.template.spec.initContainers.0.livenessProbe")
        .getAsJsonObject()
        .addProperty("periodSecond", 20);
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> StrictModel.validate(deployment));
    assertTrue(refused.getMessage().contains("periodSecond"), refused::getMessage);
  }
}
