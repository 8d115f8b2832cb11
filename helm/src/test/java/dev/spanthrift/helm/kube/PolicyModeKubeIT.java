package dev.spanthrift.helm.kube;

import static dev.spanthrift.helm.kube.HelmProgram.helm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.kubernetes.injection.Injection;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import dev.spanthrift.kubernetes.injection.SidecarResources;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Injection by the API server's own expressions ({@code injection.mode: policy}) does what the
 * injector does: for every pod of the corpus, both come to the same object.
 */
@OnCluster
class PolicyModeKubeIT {
  private static final Path CORPUS = Path.of("src/test/resources/pods");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Map<String, String> ENABLED = Map.of("spanthrift.dev/injection", "enabled");

  private static KubernetesClient client;
  private static String system;
  private static String space;

  @BeforeAll
  static void install() throws Exception {
    client = Kube.client();
    system = Kube.namespace(client, "system", Map.of());
    helm(
        "install",
        "policy",
        HelmProgram.CHART,
        "--namespace",
        system,
        "--set",
        "mode=cluster,injection.mode=policy,injection.failurePolicy=Fail,controller.replicaCount=0,crds.create=false,"
            + "destination.endpoint=https://otlp.example.com:4318,fullnameOverride="
            + system);
    space = Kube.namespace(client, "shop", ENABLED);
    Kube.await("the policy is in force", () -> isInjected(create(space, pod("deployment"))));
  }

  @AfterAll
  static void uninstall() throws Exception {
    helm("uninstall", "policy", "--namespace", system);
    client.close();
  }

  static Stream<String> injectable() throws IOException {
    return names(false);
  }

  static Stream<String> skipped() throws IOException {
    return names(true);
  }

  private static Stream<String> names(boolean skipped) throws IOException {
    List<String> names;
    try (Stream<Path> files = Files.list(CORPUS)) {
      names =
          files
              .map(f -> f.getFileName().toString())
              .filter(n -> n.endsWith(".yaml") && n.startsWith("skip-") == skipped)
              .map(n -> n.replace(".yaml", ""))
              .sorted()
              .toList();
    }
    assertTrue(names.size() > 5, names::toString);
    return names.stream();
  }

  @ParameterizedTest
  @MethodSource("injectable")
  void comesToTheSamePodAsTheInjector(String name) throws IOException {
    ObjectNode pod = pod(name);
    PodInjector injector = new PodInjector(defaults());
    Injection injection = injector.inject(pod, new PodNamespace(space, ENABLED, Map.of()));
    Injection.Injected injected = assertInstanceOf(Injection.Injected.class, injection);
    // The policy leaves an injected pod alone: what differs is what each of them added.
    JsonNode expected = create(space, injected.pod());
    JsonNode actual = create(space, pod);
    assertEquals(comparable(expected), comparable(actual));
  }

  @ParameterizedTest
  @MethodSource("skipped")
  void leavesAloneWhatTheInjectorLeavesAlone(String name) throws IOException {
    if (name.equals("skip-static")) {
      return; // nobody but a kubelet may create it
    }
    assertFalse(isInjected(create(space, pod(name))));
  }

  @Test
  void labelsOfPodAndNamespaceDecide() throws IOException {
    String plain = Kube.namespace(client, "plain", Map.of());
    String closed =
        Kube.namespace(client, "closed", Map.of("spanthrift.dev/injection", "disabled"));
    String other =
        Kube.namespace(
            client,
            "other",
            Map.of("spanthrift.dev/injection", "enabled", "spanthrift.dev/rev", "blue"));
    assertFalse(isInjected(create(plain, pod("deployment"))));
    assertTrue(isInjected(create(plain, labelled("true"))));
    assertFalse(isInjected(create(closed, labelled("true"))));
    assertFalse(isInjected(create(space, labelled("false"))));
    assertFalse(isInjected(create(space, labelled("maybe"))), "a word that means nothing");
    String odd = Kube.namespace(client, "odd", Map.of("spanthrift.dev/injection", "maybe"));
    assertFalse(isInjected(create(odd, labelled("true"))), "a word that means nothing");
    assertFalse(isInjected(create(other, pod("deployment"))), "another revision's namespace");
    assertFalse(isInjected(create(system, labelled("true"))), "its own namespace");
  }

  static Stream<Map<String, String>> options() {
    return Stream.of(
        Map.of("upstream-headers-secret", "absent", "operator-token-secret", "absent"),
        Map.of("config", "spanthrift", "policy", "first-policy"),
        Map.of("hold-application", "true"),
        Map.of("mode", " enforce "),
        Map.of("upstream", "HTTP://team:4317/path", "upstream-protocol", "grpc"),
        Map.of("cpu-request", "0.25", "memory-request", "200M", "memory-limit", "0.5Gi"),
        Map.of("memory-limit", "180Mi"),
        Map.of("mode", "Enforce"),
        Map.of("hold-application", "yes"),
        Map.of("upstream", "team:4318"),
        Map.of("upstream", "http://user:word@team:4318"),
        Map.of("upstream-protocol", "http"),
        Map.of("upstream-headers-secret", "No Name"),
        Map.of("cpu-request", "0"),
        Map.of("cpu-request", "much"),
        Map.of("memory-limit", "175Mi"),
        Map.of("memory-request", "300Mi"));
  }

  @ParameterizedTest
  @MethodSource("options")
  void annotationsMeanWhatTheyMeanToTheInjector(Map<String, String> options) throws IOException {
    ObjectNode pod = pod("deployment");
    options.forEach(
        (key, value) ->
            pod.withObject("/metadata/annotations").put("spanthrift.dev/" + key, value));
    switch (new PodInjector(defaults()).inject(pod, new PodNamespace(space, ENABLED, Map.of()))) {
      case Injection.Injected injected ->
          assertEquals(comparable(create(space, injected.pod())), comparable(create(space, pod)));
      case Injection.Skipped skipped -> assertFalse(isInjected(create(space, pod)), skipped::words);
    }
  }

  @Test
  void secretsThatAnnotationsNameMayBeAbsent() throws IOException {
    String annotated =
        Kube.namespace(
            client,
            "secrets",
            ENABLED,
            Map.of(
                "spanthrift.dev/upstream-headers-secret", "absent",
                "spanthrift.dev/operator-token-secret", "absent"));
    JsonNode pod = create(annotated, pod("deployment"));
    String sidecar = sidecar(pod).toString();
    assertTrue(
        sidecar.contains(
            "\"secretKeyRef\":{\"key\":\"headers\",\"name\":\"absent\",\"optional\":true}"),
        sidecar);
    assertTrue(sidecar.contains("/var/run/secrets/spanthrift/token/token"), sidecar);
    String volumes = pod.path("spec").path("volumes").toString();
    assertTrue(volumes.contains("\"secretName\":\"absent\""), volumes);
  }

  @Test
  void annotationsOfPodBeforeNamespaceSetModeAndBackend() throws IOException {
    String annotated =
        Kube.namespace(
            client,
            "annotated",
            ENABLED,
            Map.of(
                "spanthrift.dev/mode", "enforce", "spanthrift.dev/upstream", "http://team:4318"));
    JsonNode sidecar = sidecar(create(annotated, pod("deployment")));
    assertEquals("enforce", env(sidecar, "SPANTHRIFT_MODE"));
    assertEquals("http://team:4318", env(sidecar, "OTEL_EXPORTER_OTLP_ENDPOINT"));
    ObjectNode own = pod("deployment");
    own.withObject("/metadata/annotations").put("spanthrift.dev/mode", "shadow");
    assertEquals("shadow", env(sidecar(create(annotated, own)), "SPANTHRIFT_MODE"));
    assertEquals("shadow", env(sidecar(create(space, pod("deployment"))), "SPANTHRIFT_MODE"));
  }

  private static SidecarDefaults defaults() {
    return new SidecarDefaults(
        "spanthrift:0.1.0",
        "IfNotPresent",
        "https://otlp.example.com:4318",
        "http/protobuf",
        "shadow",
        "https://" + system + "-controller." + system + ".svc",
        "spanthrift-" + system + "-controller-ca",
        null,
        SidecarDefaults.USER,
        "default",
        system,
        true,
        SidecarResources.DEFAULT);
  }

  private static ObjectNode labelled(String inject) throws IOException {
    ObjectNode pod = pod("deployment");
    pod.withObject("/metadata/labels").put("spanthrift.dev/inject", inject);
    return pod;
  }

  private static ObjectNode pod(String name) throws IOException {
    ObjectNode pod =
        (ObjectNode) YAMLMapper.shared().readTree(Files.readString(CORPUS.resolve(name + ".yaml")));
    // Its token's volume has a random name, and no such class need be there.
    ((ObjectNode) pod.get("spec")).put("automountServiceAccountToken", false);
    ((ObjectNode) pod.get("spec"))
        .remove(List.of("priorityClassName", "serviceAccountName", "ephemeralContainers"));
    ((ObjectNode) pod.get("metadata")).remove("namespace");
    return pod;
  }

  /** A dry run: the whole of admission and validation, and nothing is stored. */
  private static JsonNode create(String namespace, ObjectNode pod) {
    Pod answer =
        client
            .pods()
            .inNamespace(namespace)
            .resource(Serialization.unmarshal(pod.toString(), Pod.class))
            .dryRun()
            .create();
    return JSON.readTree(Serialization.asJson(answer));
  }

  private static boolean isInjected(JsonNode pod) {
    return sidecar(pod) != null
        && "true".equals(pod.at("/metadata/labels/spanthrift.dev~1injected").asString(""));
  }

  private static JsonNode sidecar(JsonNode pod) {
    for (JsonNode container : pod.at("/spec/initContainers")) {
      if (container.path("name").asString().equals("spanthrift")) {
        assertEquals("Always", container.path("restartPolicy").asString());
        return container;
      }
    }
    return null;
  }

  private static String env(JsonNode container, String name) {
    for (JsonNode entry : container.path("env")) {
      if (entry.path("name").asString().equals(name)) {
        return entry.path("value").asString();
      }
    }
    return null;
  }

  private static String comparable(JsonNode pod) {
    ObjectNode copy = (ObjectNode) pod.deepCopy();
    ((ObjectNode) copy.get("metadata"))
        .remove(List.of("uid", "creationTimestamp", "name", "managedFields", "selfLink"));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(copy);
  }
}
