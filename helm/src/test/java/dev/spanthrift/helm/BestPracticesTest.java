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
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What kube-linter and Polaris ask of any manifest, asked of all that the chart renders over a
 * matrix of values: hooks and tests too.
 */
class BestPracticesTest {
  private static final List<String> WORKLOADS =
      List.of("Deployment", "DaemonSet", "StatefulSet", "Job", "Pod");

  /** Modes, each with one switch after the other. */
  static Stream<String> matrix() throws IOException {
    List<String> modes =
        List.of(
            Chart.SIDECAR,
            Chart.GATEWAY,
            Chart.CLUSTER,
            Chart.CLUSTER + "gateway: {enabled: true, replicaCount: 3}\n",
            Chart.CLUSTER + "node: {enabled: true}\n",
            Chart.CLUSTER + "injection: {mode: policy}\n",
            Chart.CLUSTER + "injection: {mode: manual}\n",
            Chart.CLUSTER + "controller: {enabled: false}\n");
    List<String> switches =
        List.of(
            "lenient: true",
            "fleet: {url: 'redis://redis', passwordSecret: {name: redis}}",
            "admin: {tokenSecret: {name: token}}",
            "{podDisruptionBudget: {enabled: true}, prometheusRule: {enabled: true}, dashboard:"
                + " {enabled: true}}",
            "{fullnameOverride: x, namespaceOverride: other, commonLabels: {team: a}}");
    List<String> all = new ArrayList<>();
    for (String mode : modes) {
      for (String with : switches) {
        all.add(mode + "\n---\n" + with);
      }
    }
    for (Path example : ExamplesTest.examples().toList()) {
      all.add(Files.readString(example.resolve("values.yaml")));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void everyObjectIsValidAndEveryPodIsFitForProduction(String values) throws IOException {
    check(Chart.render(values.split("\n---\n")).objects());
  }

  static Stream<String> hooked() {
    String fleet = "fleet: {url: 'redis://redis', passwordSecret: {name: redis}}";
    return Stream.of(
        Chart.SIDECAR,
        Chart.GATEWAY,
        Chart.GATEWAY + fleet,
        Chart.CLUSTER,
        Chart.CLUSTER + "gateway: {enabled: true}");
  }

  /** The check before an upgrade, and what {@code helm test} runs. */
  @ParameterizedTest
  @MethodSource("hooked")
  void everyHookIsToo(String values) throws IOException {
    Map<String, List<JsonObject>> hooks = Chart.hooks(values);
    assertFalse(hooks.isEmpty());
    for (List<JsonObject> objects : hooks.values()) {
      check(objects);
    }
  }

  private static void check(List<JsonObject> objects) throws IOException {
    for (JsonObject object : objects) {
      StrictModel.validate(object);
      assertFalse(text(object, "kind").equals("Secret"), "no secret is made in a template");
      if (WORKLOADS.contains(text(object, "kind"))) {
        for (JsonObject pod : WorkloadsTest.pods(object)) {
          check(text(object, "kind"), pod);
        }
      }
    }
  }

  private static void check(String kind, JsonObject pod) {
    for (JsonObject container : WorkloadsTest.containers(pod)) {
      String who = kind + " " + text(container, "name");
      Restricted.check(pod, container);
      String image = text(container, "image");
      assertTrue(image.matches(".*(:[^:/]+|@sha256:[0-9a-f]{64})"), who + ": " + image);
      assertFalse(image.endsWith(":latest"), who);
      if (text(container, "name").equals("application")
          || image.startsWith("registry.example.com/shop/")) {
        continue; // the user's own
      }
      assertTrue(at(container, "securityContext.readOnlyRootFilesystem").getAsBoolean(), who);
      assertFalse(text(container, "resources.requests.cpu").isEmpty(), who);
      assertFalse(text(container, "resources.requests.memory").isEmpty(), who);
      assertFalse(text(container, "resources.limits.memory").isEmpty(), who);
      assertFalse(at(container, "resources.limits").getAsJsonObject().has("cpu"), who);
      for (JsonElement port : array(container, "ports")) {
        assertFalse(port.getAsJsonObject().has("hostPort"), who);
      }
      if (kind.equals("Deployment") || kind.equals("DaemonSet")) {
        assertTrue(container.has("livenessProbe"), who);
      }
    }
    for (JsonElement volume : array(pod, "volumes")) {
      if (volume.getAsJsonObject().has("emptyDir")) {
        assertFalse(text(volume, "emptyDir.sizeLimit").isEmpty(), volume::toString);
      }
    }
  }

  private static List<JsonElement> array(JsonObject object, String key) {
    return object.has(key) ? object.getAsJsonArray(key).asList() : List.of();
  }

  /** A program of several pods survives a drained node, and a rollout of its own. */
  @ParameterizedTest
  @MethodSource("matrix")
  void whatTheClusterRunsInSeveralPodsIsSpreadAndBudgeted(String values) {
    Rendered rendered = Chart.render(values.split("\n---\n"));
    for (JsonObject object : rendered.objects()) {
      if (!text(object, "kind").equals("Deployment")
          || !text(object, "metadata.name").matches(".*-(injector|controller)")) {
        continue;
      }
      assertEquals(2, at(object, "spec.replicas").getAsInt());
      assertEquals(10, at(object, "spec.minReadySeconds").getAsInt());
      assertEquals(0, at(object, "spec.strategy.rollingUpdate.maxUnavailable").getAsInt());
      JsonElement labels = at(object, "spec.selector.matchLabels");
      assertEquals(
          labels,
          at(
              object,
              "spec.template.spec.affinity.podAntiAffinity"
                  + ".preferredDuringSchedulingIgnoredDuringExecution.0.podAffinityTerm"
                  + ".labelSelector.matchLabels"));
      assertEquals(
          labels,
          at(object, "spec.template.spec.topologySpreadConstraints.0.labelSelector.matchLabels"));
      assertTrue(
          rendered.objects().stream()
              .filter(o -> text(o, "kind").equals("PodDisruptionBudget"))
              .anyMatch(o -> at(o, "spec.selector.matchLabels").equals(labels)),
          "no budget for " + text(object, "metadata.name"));
    }
  }
}
