package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static dev.spanthrift.helm.Rendered.env;
import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart as a whole: lint, notes, and its use by other charts. */
class ReleaseTest {
  @TempDir Path folder;

  @Test
  void lintHasNothingToSay() {
    LintResult result = new Helm(Chart.FOLDER).lint().strict().call();
    assertFalse(result.isFailed(), () -> result.getMessages().toString());
  }

  @Test
  void theNotesOfAGatewaySayWhereToSend() {
    String notes = notes(Chart.GATEWAY, "replicaCount: 2");
    assertTrue(
        notes.contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://demo-spanthrift.shop:4318"), notes);
    assertTrue(notes.contains("route by trace id"), notes);
    assertTrue(notes.contains("admin.tokenSecret.name"), notes);
  }

  @Test
  void theNotesOfAFleetSayThatTracesAreWhole() {
    String notes = notes(Chart.GATEWAY, "{replicaCount: 3, fleet: {url: 'redis://redis:6379'}}");
    assertTrue(notes.contains("one fleet: traces are kept whole"), notes);
    assertFalse(notes.contains("route by trace id"), notes);
  }

  @Test
  void theNotesOfASidecarSayHowToLookInside() {
    String notes = notes(Chart.SIDECAR, "admin: {tokenSecret: {name: token}}");
    assertTrue(notes.contains("port-forward deployment/demo-spanthrift 4321"), notes);
    assertFalse(notes.contains("route by trace id"), notes);
    assertFalse(notes.contains("admin.tokenSecret.name"), notes);
  }

  /** A client-side dry run: the only command of Helm that shows the notes without a cluster. */
  private static String notes(String... values) {
    var install =
        new Helm(Chart.FOLDER)
            .install()
            .withName("demo")
            .withNamespace("shop")
            .clientOnly()
            .dryRun()
            .debug()
            .withKubeVersion("1.33");
    for (Path file : Chart.files(values)) {
      install.withValuesFile(file);
    }
    return install.call().getOutput();
  }

  @Test
  void anotherChartPutsTheSidecarIntoItsOwnPods() throws IOException {
    Rendered rendered = Chart.render(parent(), "cart", new Path[0]);
    for (JsonObject object : rendered.objects()) {
      StrictModel.validate(object);
    }
    assertEquals(List.of("ConfigMap", "Deployment"), rendered.kinds());
    assertEquals("Always", text(rendered.spanthrift(), "restartPolicy"));
    assertEquals(
        "http://localhost:4318", env(rendered.application(), "OTEL_EXPORTER_OTLP_ENDPOINT"));
    assertEquals(
        text(rendered.only("ConfigMap"), "metadata.name"),
        text(rendered.pod(), "volumes.0.configMap.name"));
    assertTrue(
        at(rendered.deployment(), "spec.template.metadata.annotations")
            .getAsJsonObject()
            .has("checksum/config"));
  }

  /** The chart of an application, which depends on ours as README.md says. */
  private Path parent() throws IOException {
    Path source = Path.of("src/test/resources/parent");
    copy(source, folder);
    copy(Chart.FOLDER, folder.resolve("charts/spanthrift"));
    return folder;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }
}
