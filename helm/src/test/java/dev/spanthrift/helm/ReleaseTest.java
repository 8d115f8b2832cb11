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
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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
    String notes = Chart.notes(Chart.GATEWAY, "replicaCount: 2");
    assertTrue(
        notes.contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://demo-spanthrift.shop:4318"), notes);
    assertTrue(notes.contains("route by trace id"), notes);
    assertTrue(notes.contains("admin.tokenSecret.name"), notes);
  }

  @Test
  void theNotesOfAFleetSayThatTracesAreWhole() {
    String notes =
        Chart.notes(Chart.GATEWAY, "{replicaCount: 3, fleet: {url: 'redis://redis:6379'}}");
    assertTrue(notes.contains("one fleet: traces are kept whole"), notes);
    assertFalse(notes.contains("route by trace id"), notes);
  }

  @Test
  void theNotesOfASidecarSayHowToLookInside() {
    String notes = Chart.notes(Chart.SIDECAR, "admin: {tokenSecret: {name: token}}");
    assertTrue(notes.contains("port-forward deployment/demo-spanthrift 4321"), notes);
    assertFalse(notes.contains("route by trace id"), notes);
    assertFalse(notes.contains("admin.tokenSecret.name"), notes);
  }

  @Test
  void theNotesOfAClusterSayTheNextStep() {
    String notes = Chart.notes(Chart.CLUSTER);
    for (String step :
        List.of(
            "in shadow: sidecars decide, count and price, and drop nothing",
            "kubectl label namespace NAMESPACE spanthrift.dev/injection=enabled",
            "get lease demo-spanthrift-controller --output jsonpath={.spec.holderIdentity}) 4321",
            "this replica",
            "curl http://localhost:4321/api/v1/report",
            "kubectl annotate namespace NAMESPACE spanthrift.dev/mode=enforce",
            "--delete-emptydir-data")) {
      assertTrue(notes.contains(step), step + " in:\n" + notes);
    }
    String manual = Chart.notes(Chart.CLUSTER, "injection: {mode: manual}");
    assertTrue(manual.contains("./spanthrift inject -f deployment.yaml"), manual);
    assertFalse(manual.contains("kubectl label namespace"), manual);
    String alone = Chart.notes(Chart.CLUSTER, "controller: {enabled: false}");
    assertFalse(alone.contains("/api/v1/report"), alone);
  }

  @Test
  void beforeAnUpgradeTheNewImageIsAskedWhetherItTakesTheNewConfiguration() {
    for (String mode : List.of(Chart.SIDECAR, Chart.GATEWAY)) {
      Rendered rendered = Chart.render(mode, "config: {hold: {}}");
      List<JsonObject> hooks = Chart.hooks(mode, "config: {hold: {}}").get("pre-upgrade");
      JsonObject job = only("Job", hooks);
      assertEquals(0, at(job, "spec.backoffLimit").getAsInt());
      JsonObject check = at(job, "spec.template.spec.containers.0").getAsJsonObject();
      assertEquals(text(rendered.spanthrift(), "image"), text(check, "image"));
      assertTrue(check.get("args").toString().contains("\"check\",\"--offline\""), check::toString);
      // The release's own ConfigMap is not written yet.
      String map = text(job, "spec.template.spec.volumes.0.configMap.name");
      JsonObject configuration = only("ConfigMap", hooks);
      assertEquals(map, text(configuration, "metadata.name"));
      assertEquals(
          at(rendered.only("ConfigMap"), "data"), at(configuration, "data"), "the new one");
    }
    assertEquals(Set.of("test"), Chart.hooks(Chart.GATEWAY, "check: {enabled: false}").keySet());
  }

  private static JsonObject only(String kind, List<JsonObject> objects) {
    List<JsonObject> found = objects.stream().filter(o -> text(o, "kind").equals(kind)).toList();
    assertEquals(1, found.size(), objects::toString);
    return found.getFirst();
  }

  /** What each mode's test asks is the way in, or the backend; ProgramTest runs {@code check}. */
  @Test
  void helmTestAsks() {
    assertEquals("[\"check\"]", asked(Chart.CLUSTER));
    assertEquals(
        "[\"check\",\"--config\",\"/etc/spanthrift/spanthrift.yaml\"]", asked(Chart.SIDECAR));
    assertEquals(
        "[\"status\",\"--at\",\"http://demo-spanthrift.shop:4321\"]", asked(Chart.GATEWAY));
  }

  private static String asked(String mode) {
    JsonObject pod = only("Pod", Chart.hooks(mode).get("test"));
    return at(pod, "spec.containers.0.args").toString();
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
    Chart.copy(source, folder);
    Chart.copy(Chart.FOLDER, folder.resolve("charts/spanthrift"));
    return folder;
  }
}
