package dev.spanthrift.helm.kube;

import static dev.spanthrift.helm.kube.HelmProgram.helm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.helm.Queries;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.kubernetes.objects.SamplingPolicy;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * From a default installation and an object to running sidecars: the controller as a process with
 * its service account's token and the chart's own arguments, sidecars as processes with the tokens
 * of their pods and the ConfigMap that the controller wrote, on a real API server.
 */
@OnCluster
class DeliveryKubeIT {
  private static final int SIDECARS = 2;

  @TempDir static Path folder;
  private static KubernetesClient client;
  private static FakeNode node;
  private static String system;
  private static Program controller;
  private static int port;
  private static int admin;
  private static String authorities;

  @BeforeAll
  static void start() throws Exception {
    client = Kube.client();
    node = FakeNode.start(client);
    system = Kube.namespace(client, "control", Map.of());
    helm(
        "install",
        "control",
        HelmProgram.CHART,
        "--namespace",
        system,
        "--take-ownership",
        "--set",
        "mode=cluster,injection.mode=manual,destination.endpoint=https://otlp.example.com:4318,"
            + "fullnameOverride="
            + system
            + ",controller.replicaCount=0");
    port = Program.freePort();
    admin = Program.freePort();
    Path kubeconfig = Accounts.kubeconfig(client, folder, system, system + "-controller");
    controller =
        Program.start(
            folder,
            Map.of("KUBECONFIG", kubeconfig.toString(), "POD_NAMESPACE", system, "POD_NAME", "c1"),
            arguments().toArray(String[]::new));
    controller.awaitAnswer("http://127.0.0.1:" + admin + "/readyz");
  }

  /** The chart's, but for this machine's addresses, and authorities that last a minute. */
  private static List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(
            client
                .apps()
                .deployments()
                .inNamespace(system)
                .withName(system + "-controller")
                .get()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getArgs());
    assertTrue(
        arguments.removeIf(argument -> argument.matches("--(admin-)?(host|port)=.*")),
        arguments::toString);
    for (String argument : arguments) {
      if (argument.startsWith("--ca-config-map=")) {
        authorities = argument.substring("--ca-config-map=".length());
      }
    }
    arguments.addAll(
        List.of(
            "--port=" + port,
            "--admin-port=" + admin,
            "--dns-name=127.0.0.1",
            "--ca-lifetime=90s",
            "--ca-overlap=10s"));
    return arguments;
  }

  private static String authorities(String space) {
    ConfigMap map = client.configMaps().inNamespace(space).withName(authorities).get();
    return map == null ? "" : map.getData().getOrDefault("ca.crt", "");
  }

  @AfterAll
  static void stop() throws Exception {
    controller.close();
    helm("uninstall", "control", "--namespace", system);
    node.close();
    client.close();
  }

  /** A sidecar and where it answers. */
  private record Sidecar(Program program, String base) implements AutoCloseable {
    JsonNode policy() throws InterruptedException {
      String text = Program.get(base + "/api/v1/policy");
      return text == null ? null : JsonMapper.shared().readTree(text);
    }

    boolean isConnected() throws InterruptedException {
      String text = Program.get(base + "/api/v1/policy/effective");
      return text != null
          && JsonMapper.shared()
              .readTree(text)
              .path("controller")
              .path("connected")
              .asBoolean(false);
    }

    boolean runs(String policy) throws InterruptedException {
      String text = Program.get(base + "/api/v1/policy");
      return text != null && text.contains(policy);
    }

    @Override
    public void close() throws Exception {
      program.close();
    }
  }

  @Test
  void aPolicyReachesEverySidecarInTimeAndItsStatusCountsThem() throws Exception {
    String space = Kube.namespace(client, "shop", Map.of());
    List<Sidecar> sidecars = new ArrayList<>();
    try {
      for (int i = 0; i < SIDECARS; i++) {
        sidecars.add(sidecar(pod(space, "cart-" + i)));
      }
      for (Sidecar sidecar : sidecars) {
        Kube.await("a stream of " + sidecar.base(), sidecar::isConnected);
      }
      long created = System.nanoTime();
      client.resource(policy(space, "first-rule")).create();
      for (Sidecar sidecar : sidecars) {
        Kube.await("the policy at " + sidecar.base(), () -> sidecar.runs("first-rule"));
      }
      System.out.printf(
          "a policy reached %d sidecars within %d ms%n",
          SIDECARS, (System.nanoTime() - created) / 1_000_000);
      Kube.await(
          "the status counts them",
          () -> {
            var status = get(space).getStatus();
            return status != null && Integer.valueOf(SIDECARS).equals(status.sidecars());
          });
      String hash = get(space).getStatus().hash();
      assertNotNull(hash);

      client
          .resources(SamplingPolicy.class)
          .inNamespace(space)
          .withName("rules")
          .edit(
              p -> {
                p.setSpec(policy(space, "second-rule").getSpec());
                return p;
              });
      for (Sidecar sidecar : sidecars) {
        Kube.await("the change at " + sidecar.base(), () -> sidecar.runs("second-rule"));
      }
      client.resources(SamplingPolicy.class).inNamespace(space).withName("rules").delete();
      for (Sidecar sidecar : sidecars) {
        Kube.await("its own policy again", () -> !sidecar.runs("second-rule"));
      }
    } finally {
      for (Sidecar sidecar : sidecars) {
        sidecar.close();
      }
    }
  }

  @Test
  void aTokenOfAnotherAudienceIsRefused() throws Exception {
    String space = Kube.namespace(client, "stranger", Map.of());
    client.resource(policy(space, "secret-rule")).create();
    try (Sidecar stranger = sidecar(pod(space, "stranger"), "another-audience")) {
      Kube.await(
          "the controller says no",
          () ->
              stranger.program().said().contains("audience")
                  || controller.said().contains("audience")
                  || stranger.program().said().contains("401"));
      assertTrue(!stranger.runs("secret-rule"));
    }
  }

  /** A sidecar that comes after a rotation believes the new authority, and the old one is gone. */
  @Test
  void authoritiesAreRotatedAndSidecarsBelieveTheNewOnes() throws Exception {
    String space = Kube.namespace(client, "rotated", Map.of());
    Kube.await("the authority is there", () -> !authorities(space).isEmpty());
    String first = authorities(space);
    Kube.await(
        "the first authority is forgotten",
        Duration.ofMinutes(4),
        () -> !authorities(space).contains(first.substring(0, first.indexOf("-----END"))));
    client.resource(policy(space, "late-rule")).create();
    try (Sidecar late = sidecar(pod(space, "late"))) {
      Kube.await("the policy at " + late.base(), () -> late.runs("late-rule"));
      JsonNode effective =
          JsonMapper.shared().readTree(Program.get(late.base() + "/api/v1/policy/effective"));
      assertEquals("objects", effective.path("origin").asString(), effective::toString);
      assertTrue(effective.toString().contains("rules"), effective::toString);
    }
    String metrics = Program.get("http://127.0.0.1:" + admin + "/actuator/prometheus");
    assertEquals(Map.of(), Queries.missing("controller", metrics), "asked by alerts");
  }

  private static SamplingPolicy get(String space) {
    return client.resources(SamplingPolicy.class).inNamespace(space).withName("rules").get();
  }

  private static SamplingPolicy policy(String space, String rule) {
    SamplingPolicy policy = new SamplingPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("rules").withNamespace(space).build());
    policy.setSpec(
        new PolicySpec(
            null,
            null,
            null,
            PolicySpec.ENFORCE,
            List.of(Map.of("name", rule, "match", Map.of("hasError", true), "keep", true)),
            null,
            null));
    return policy;
  }

  private static Pod pod(String space, String name) throws Exception {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(space)
            .addToLabels("app", "cart")
            .endMetadata()
            .withNewSpec()
            .withNodeName(FakeNode.NAME)
            .addNewContainer()
            .withName("cart")
            .withImage("cart:1")
            .endContainer()
            .endSpec()
            .build();
    Pod created = client.resource(pod).create();
    assertEquals(name, created.getMetadata().getName());
    return created;
  }

  private static Sidecar sidecar(Pod pod) throws Exception {
    return sidecar(pod, "spanthrift");
  }

  private static Sidecar sidecar(Pod pod, String audience) throws Exception {
    Path token = Accounts.ofPod(client, folder, pod, audience);
    Path labels =
        Files.writeString(
            folder.resolve(pod.getMetadata().getName() + ".labels"), "app=\"cart\"\n");
    String space = pod.getMetadata().getNamespace();
    Kube.await("the authority in " + space, () -> !authorities(space).isEmpty());
    Path authority =
        Files.writeString(folder.resolve(pod.getMetadata().getName() + ".crt"), authorities(space));
    int admin = Program.freePort();
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("SPANTHRIFT_STATE_DIR", Files.createTempDirectory(folder, "state").toString());
    environment.put("SPANTHRIFT_LISTEN_GRPC_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_HTTP_PORT", "0");
    environment.put("SPANTHRIFT_ADMIN_PORT", "" + admin);
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + Program.freePort());
    environment.put("SPANTHRIFT_CONTROLLER_URL", "https://127.0.0.1:" + port);
    environment.put("SPANTHRIFT_CONTROLLER_TOKEN_FILE", token.toString());
    environment.put("SPANTHRIFT_CONTROLLER_CA_FILE", authority.toString());
    environment.put("SPANTHRIFT_CONTROLLER_LABELS_FILE", labels.toString());
    environment.put("SPANTHRIFT_CONTROLLER_REPORT_EVERY", "1s");
    Program program = Program.start(folder, environment, "run");
    String base = "http://127.0.0.1:" + admin;
    program.awaitAnswer(base + "/readyz");
    return new Sidecar(program, base);
  }
}
