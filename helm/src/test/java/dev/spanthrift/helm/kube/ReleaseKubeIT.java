package dev.spanthrift.helm.kube;

import static dev.spanthrift.helm.kube.HelmProgram.helm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A release of one workload: install, upgrade, rollback and uninstall, with a real Helm. */
@OnCluster
class ReleaseKubeIT {
  private static KubernetesClient client;
  private static FakeNode node;

  @BeforeAll
  static void start() {
    client = Kube.client();
    node = FakeNode.start(client);
  }

  @AfterAll
  static void stop() {
    node.close();
    client.close();
  }

  @Test
  void aGatewayIsInstalledUpgradedRolledBackAndUninstalled() throws Exception {
    String space =
        Kube.namespace(
            client, "gateway", Map.of("pod-security.kubernetes.io/enforce", "restricted"));
    String[] install = {
      "install",
      "traces",
      HelmProgram.CHART,
      "--namespace",
      space,
      "--wait",
      "--timeout",
      "3m",
      "--set",
      "mode=gateway,destination.endpoint=https://otlp.example.com:4318,minReadySeconds=0"
    };
    String notes = helm(install);
    assertTrue(
        notes.contains("OTEL_EXPORTER_OTLP_ENDPOINT=http://traces-spanthrift." + space), notes);
    String first = checksum(space);
    assertEquals(List.of("traces-spanthrift"), configMaps(space));

    helm(
        "upgrade",
        "traces",
        HelmProgram.CHART,
        "--namespace",
        space,
        "--reuse-values",
        "--wait",
        "--timeout",
        "3m",
        "--set",
        "config.defaultProbability=0.5");
    assertNotEquals(first, checksum(space), "another configuration is another pod");
    assertNotNull(
        client.v1().events().inNamespace(space).list().getItems().stream()
            .filter(e -> e.getInvolvedObject().getName().startsWith("traces-spanthrift-check"))
            .findAny()
            .orElse(null),
        "the check ran before the upgrade");
    assertNull(
        client.batch().v1().jobs().inNamespace(space).withName("traces-spanthrift-check").get());

    helm("rollback", "traces", "1", "--namespace", space, "--wait", "--timeout", "3m");
    Kube.await(
        "the first configuration's pod alone",
        () -> pods(space).size() == 1 && checksum(space).equals(first));

    String test = helm("test", "traces", "--namespace", space, "--timeout", "1m", "--logs=false");
    assertTrue(test.contains("Succeeded"), test);

    helm("uninstall", "traces", "--namespace", space, "--wait", "--timeout", "3m");
    Kube.await("no pod is left", () -> pods(space).isEmpty());
    assertEquals(List.of(), configMaps(space));
  }

  private static String checksum(String space) {
    return client
        .apps()
        .deployments()
        .inNamespace(space)
        .withName("traces-spanthrift")
        .get()
        .getSpec()
        .getTemplate()
        .getMetadata()
        .getAnnotations()
        .get("checksum/config");
  }

  private static List<Pod> pods(String space) {
    return client
        .pods()
        .inNamespace(space)
        .withLabel("app.kubernetes.io/component", "gateway")
        .list()
        .getItems();
  }

  private static List<String> configMaps(String space) {
    return client.configMaps().inNamespace(space).list().getItems().stream()
        .map(c -> c.getMetadata().getName())
        .filter(name -> !name.equals("kube-root-ca.crt") && !name.endsWith("-controller-ca"))
        .toList();
  }
}
