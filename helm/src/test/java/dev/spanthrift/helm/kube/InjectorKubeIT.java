package dev.spanthrift.helm.kube;

import static dev.spanthrift.helm.kube.HelmProgram.helm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.helm.Queries;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The injector as a process, with its service account's token and a certificate that it makes
 * itself, called by a real API server through the chart's webhook.
 */
@OnCluster
class InjectorKubeIT {
  private static final Map<String, String> ENABLED = Map.of("spanthrift.dev/injection", "enabled");
  private static final int PODS = 1_000;

  @TempDir static Path folder;
  private static KubernetesClient client;
  private static FakeNode node;
  private static Program injector;
  private static String system;
  private static String admin;

  @BeforeAll
  static void start() throws Exception {
    client = Kube.client();
    node = FakeNode.start(client);
    system = Kube.namespace(client, "injector", Map.of());
    int port = Program.freePort();
    int adminPort = Program.freePort();
    helm(
        "install",
        "injector",
        HelmProgram.CHART,
        "--namespace",
        system,
        "--set",
        "mode=cluster,injector.replicaCount=0,controller.enabled=false,crds.create=false,"
            + "destination.endpoint=https://otlp.example.com:4318,fullnameOverride="
            + system
            + ",injection.url=https://127.0.0.1:"
            + port
            + "/inject");
    String name = system + "-injector";
    Path kubeconfig = Accounts.kubeconfig(client, folder, system, name);
    injector =
        Program.start(
            folder,
            Map.of("KUBECONFIG", kubeconfig.toString(), "POD_NAMESPACE", system, "POD_NAME", "i1"),
            "injector",
            "--host",
            "127.0.0.1",
            "--port",
            "" + port,
            "--admin-host",
            "127.0.0.1",
            "--admin-port",
            "" + adminPort,
            "--dns-name",
            "127.0.0.1",
            "--service",
            name,
            "--configuration",
            "spanthrift-" + system,
            "--secret",
            name,
            "--lease",
            name,
            "--upstream",
            "https://otlp.example.com:4318",
            "--ca-lifetime",
            "90s",
            "--ca-overlap",
            "10s",
            "--audit-every",
            "2s");
    admin = "http://127.0.0.1:" + adminPort;
    injector.awaitAnswer(admin + "/readyz");
  }

  @AfterAll
  static void stop() throws Exception {
    injector.close();
    helm("uninstall", "injector", "--namespace", system);
    node.close();
    client.close();
  }

  private static String bundle() {
    String bundle =
        client
            .admissionRegistration()
            .v1()
            .mutatingWebhookConfigurations()
            .withName("spanthrift-" + system)
            .get()
            .getWebhooks()
            .getFirst()
            .getClientConfig()
            .getCaBundle();
    return bundle == null ? "" : bundle;
  }

  /** Authorities change while pods come, and every pod gets its sidecar. */
  @Test
  void makesItsCertificateAndRotatesItWhilePodsAreInjected() throws Exception {
    String shop = Kube.namespace(client, "shop", ENABLED);
    Kube.await("the first pod is injected", () -> isInjected(dryRun(shop)));
    String first = bundle();
    assertTrue(!first.isEmpty());
    int[] injected = new int[1];
    Kube.await(
        "another authority is believed, and the first one no more",
        Duration.ofMinutes(4),
        () -> {
          assertTrue(isInjected(dryRun(shop)), "pod " + injected[0] + " came without a sidecar");
          injected[0]++;
          return !bundle().contains(first) && !bundle().equals(first) && !first.contains(bundle());
        });
    assertNotEquals(first, bundle());
    assertTrue(injected[0] > 10, "only " + injected[0] + " pods came meanwhile");
  }

  /** They are older than the label: nothing is wrong with them but that nobody restarted them. */
  @Test
  void theAuditorCountsAThousandPodsThatLackOne() throws Exception {
    String old = Kube.namespace(client, "old", Map.of());
    IntStream.range(0, PODS)
        .parallel()
        .forEach(i -> client.resource(pod(old, "old-" + i, true)).create());
    client
        .namespaces()
        .withName(old)
        .edit(
            n -> new NamespaceBuilder(n).editMetadata().withLabels(ENABLED).endMetadata().build());
    Kube.await(
        "all of them are counted",
        Duration.ofMinutes(3),
        () -> lacking(old).path("restart-needed").path("pods").asInt() == PODS);
    String metrics = Program.get(admin + "/actuator/prometheus");
    assertEquals(Map.of(), Queries.missing("injector", metrics), "asked by alerts");
    assertEquals(
        0,
        client
            .pods()
            .inNamespace(old)
            .withLabel("spanthrift.dev/injected")
            .list()
            .getItems()
            .size());
  }

  private static JsonNode lacking(String namespace) throws Exception {
    String report = Program.get(admin + "/audit");
    return JsonMapper.shared()
        .readTree(report == null ? "{}" : report)
        .path("withoutSidecar")
        .path(namespace);
  }

  private static Pod dryRun(String space) {
    return client.resource(pod(space, Kube.unique("cart"), false)).dryRun().create();
  }

  private static boolean isInjected(Pod pod) {
    return pod.getSpec().getInitContainers().stream()
        .anyMatch(c -> c.getName().equals("spanthrift"));
  }

  private static Pod pod(String space, String name, boolean bound) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(space)
        .endMetadata()
        .withNewSpec()
        .withNodeName(bound ? FakeNode.NAME : null)
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("cart")
        .withImage("cart:1")
        .endContainer()
        .endSpec()
        .build();
  }
}
