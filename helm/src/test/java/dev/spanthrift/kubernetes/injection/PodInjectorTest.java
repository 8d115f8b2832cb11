package dev.spanthrift.kubernetes.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.kubernetes.injection.Injection.Injected;
import dev.spanthrift.kubernetes.injection.Injection.Skipped;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Who is asked, who is heard, and what annotations change. */
class PodInjectorTest {
  private final PodInjector injector = new PodInjector(PodCorpus.defaults());

  private static ObjectNode with(String pod, String map, String key, String value) {
    ObjectNode tree = PodCorpus.pod(pod);
    ObjectNode metadata = (ObjectNode) tree.path("metadata");
    (metadata.path(map) instanceof ObjectNode found ? found : metadata.putObject(map))
        .put(key, value);
    return tree;
  }

  private SkipReason skipped(JsonNode pod, PodNamespace namespace) {
    return assertInstanceOf(Skipped.class, injector.inject(pod, namespace)).reason();
  }

  private static Map<String, String> environment(JsonNode container) {
    return StreamSupport.stream(container.path("env").spliterator(), false)
        .collect(Collectors.toMap(Json::name, e -> e.path("value").asString("from elsewhere")));
  }

  private Injected injected(ObjectNode pod) {
    return assertInstanceOf(Injected.class, injector.inject(pod, PodCorpus.enabled("shop")));
  }

  @Test
  void thePodsWordCountsBeforeItsNamespaces() {
    ObjectNode plain = PodCorpus.pod("deployment");
    PodNamespace silent = PodNamespace.named("shop");
    assertEquals(SkipReason.NOT_ENABLED, skipped(plain, silent));
    ObjectNode asking = with("deployment", "labels", Names.POD_LABEL, "true");
    assertInstanceOf(Injected.class, injector.inject(asking, silent));
    PodNamespace closed =
        new PodNamespace("shop", Map.of(Names.NAMESPACE_LABEL, "disabled"), Map.of());
    assertEquals(SkipReason.OPTED_OUT, skipped(asking, closed));
    ObjectNode odd = with("deployment", "labels", Names.POD_LABEL, "yes");
    assertEquals(SkipReason.INVALID_OPTION, skipped(odd, silent));
    for (String space : new String[] {"kube-system", "spanthrift"}) {
      assertEquals(SkipReason.SYSTEM_NAMESPACE, skipped(asking, PodCorpus.enabled(space)));
    }
  }

  /** No selector of a webhook or a policy asks the pod for it. */
  @Test
  void theRevisionIsTheNamespacesAlone() {
    ObjectNode other = with("deployment", "labels", Names.REVISION_LABEL, "canary");
    assertInstanceOf(Injected.class, injector.inject(other, PodCorpus.enabled("shop")));
    ObjectNode plain = PodCorpus.pod("deployment");
    assertEquals(SkipReason.OTHER_REVISION, skipped(plain, revised("canary")));
    assertEquals(SkipReason.INVALID_OPTION, skipped(plain, revised(Names.DEFAULT_REVISION)));
  }

  private static PodNamespace revised(String revision) {
    return new PodNamespace(
        "shop", Map.of(Names.NAMESPACE_LABEL, "enabled", Names.REVISION_LABEL, revision), Map.of());
  }

  @Test
  void thePodsAnnotationCountsBeforeItsNamespaces() {
    PodNamespace namespace =
        new PodNamespace(
            "shop",
            Map.of(Names.NAMESPACE_LABEL, "enabled"),
            Map.of(PodOption.MODE.key(), "enforce", PodOption.CPU_REQUEST.key(), "20m"));
    ObjectNode pod = with("deployment", "annotations", PodOption.CPU_REQUEST.key(), "30m");
    Injected injected = assertInstanceOf(Injected.class, injector.inject(pod, namespace));
    JsonNode sidecar = PodCorpusTest.sidecar(injected.pod().path("spec"));
    assertEquals("enforce", environment(sidecar).get("SPANTHRIFT_MODE"));
    assertEquals("30m", sidecar.path("resources").path("requests").path("cpu").asString(""));
  }

  @Test
  void takeoverSendsTheApplicationHereAndWhatIsKeptToItsBackend() {
    Injected injected =
        injected(with("otel-endpoint", "annotations", PodOption.ENDPOINT_TAKEOVER.key(), "true"));
    JsonNode spec = injected.pod().path("spec");
    Map<String, String> application = environment(spec.path("containers").path(0));
    assertEquals("http://127.0.0.1:4317", application.get(Otel.ENDPOINT));
    Map<String, String> sidecar = environment(PodCorpusTest.sidecar(spec));
    assertEquals("https://otlp.vendor.example:4317", sidecar.get(Otel.ENDPOINT));
    assertEquals("grpc", sidecar.get(Otel.PROTOCOL));
    assertEquals("from elsewhere", sidecar.get(Otel.HEADERS), "the Secret's key goes along");
    String taken =
        Json.texts(injected.pod().path("metadata").path("annotations"))
            .get(Names.TAKEN_OVER_ANNOTATION);
    assertTrue(taken.contains("https://otlp.vendor.example:4317"), taken);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
        "OTEL_EXPORTER_OTLP_LOGS_COMPRESSION",
        "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY"
      })
  void whatCannotBeTakenOverWholeIsLeftAlone(String variable) {
    ObjectNode pod =
        with("otel-endpoint", "annotations", PodOption.ENDPOINT_TAKEOVER.key(), "true");
    environmentOf(pod).add(Json.variable(variable, "something"));
    assertEquals(SkipReason.ENDPOINT_NOT_TAKEABLE, skipped(pod, PodCorpus.enabled("shop")));
  }

  private static ArrayNode environmentOf(ObjectNode pod) {
    return (ArrayNode) pod.path("spec").path("containers").path(0).path("env");
  }

  @Test
  void aPortThatMeansNoProtocolIsNotGuessedAt() {
    ObjectNode pod =
        with("otel-endpoint", "annotations", PodOption.ENDPOINT_TAKEOVER.key(), "true");
    ((ObjectNode) environmentOf(pod).path(0)).put("value", "https://api.example:443");
    Skipped skipped =
        assertInstanceOf(Skipped.class, injector.inject(pod, PodCorpus.enabled("shop")));
    assertEquals(SkipReason.ENDPOINT_NOT_TAKEABLE, skipped.reason());
    assertTrue(skipped.words().contains("set " + Otel.PROTOCOL), skipped.words());
    environmentOf(pod).add(Json.variable(Otel.PROTOCOL, "grpc"));
    JsonNode spec = injected(pod).pod().path("spec");
    assertEquals(
        "http://127.0.0.1:4317", environment(spec.path("containers").path(0)).get(Otel.ENDPOINT));
    assertEquals("grpc", environment(PodCorpusTest.sidecar(spec)).get(Otel.PROTOCOL));
  }

  @Test
  void carriedHeadersStandOnce() {
    ObjectNode pod =
        with("otel-endpoint", "annotations", PodOption.ENDPOINT_TAKEOVER.key(), "true");
    environmentOf(pod).add(Json.variable("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "5000"));
    ((ObjectNode) pod.path("metadata").path("annotations"))
        .put(PodOption.UPSTREAM_HEADERS_SECRET.key(), "of-the-namespace");
    JsonNode sidecar = PodCorpusTest.sidecar(injected(pod).pod().path("spec"));
    assertEquals(
        List.of("vendor"),
        Json.objects(sidecar.path("env")).stream()
            .filter(e -> Json.name(e).equals(Otel.HEADERS))
            .map(e -> e.path("valueFrom").path("secretKeyRef").path("name").asString(""))
            .toList());
  }

  /** A Secret that is not there would keep every container of the pod from starting. */
  @Test
  void whatTheSidecarReadsFromOtherObjectsMayBeAbsent() {
    Injected injected =
        injected(
            with("deployment", "annotations", PodOption.UPSTREAM_HEADERS_SECRET.key(), "absent"));
    assertTrue(headers(injected).path("secretKeyRef").path("optional").asBoolean(false));
    Injected taken =
        injected(with("otel-endpoint", "annotations", PodOption.ENDPOINT_TAKEOVER.key(), "true"));
    assertTrue(headers(taken).path("secretKeyRef").path("optional").asBoolean(false));
  }

  private static JsonNode headers(Injected injected) {
    return Json.objects(PodCorpusTest.sidecar(injected.pod().path("spec")).path("env")).stream()
        .filter(e -> Json.name(e).equals(Otel.HEADERS))
        .findFirst()
        .orElseThrow()
        .path("valueFrom");
  }

  @Test
  void withoutABackendNothingIsInjected() {
    PodInjector nowhere = new PodInjector(SidecarDefaults.of("spanthrift:1", null));
    Skipped skipped =
        assertInstanceOf(
            Skipped.class, nowhere.inject(PodCorpus.pod("deployment"), PodCorpus.enabled("shop")));
    assertEquals(SkipReason.NO_UPSTREAM, skipped.reason());
  }

  @Test
  void resourcesAreTheInjectorsWhereNoAnnotationSaysOtherwise() {
    PodInjector large =
        new PodInjector(
            PodCorpus.defaults().withResources(new SidecarResources("70m", "200Mi", "512Mi")));
    JsonNode sidecar = sidecarOf(large, PodCorpus.pod("deployment"));
    assertEquals("70m", sidecar.path("resources").path("requests").path("cpu").asString(""));
    assertEquals("512Mi", sidecar.path("resources").path("limits").path("memory").asString(""));
    assertEquals("512Mi", environment(sidecar).get("SPANTHRIFT_MEMORY"));
    for (SidecarResources wrong :
        List.of(
            new SidecarResources("many", "192Mi", "256Mi"),
            new SidecarResources("50m", "100Mi", "128Mi"),
            new SidecarResources("50m", "512Mi", "256Mi"))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> SidecarDefaults.checked(PodCorpus.defaults().withResources(wrong)));
    }
  }

  @Test
  void aLowerLimitAloneLowersTheRequest() {
    JsonNode sidecar =
        sidecarOf(
            injector, with("deployment", "annotations", PodOption.MEMORY_LIMIT.key(), "176Mi"));
    assertEquals("176Mi", sidecar.path("resources").path("requests").path("memory").asString(""));
  }

  /** Without one every write over REST is refused, the kill switch among them. */
  @Test
  void aSecretWithATokenLetsOperatorsUseTheKillSwitch() {
    ObjectNode pod =
        with("deployment", "annotations", PodOption.OPERATOR_TOKEN_SECRET.key(), "on-call");
    JsonNode spec = injected(pod).pod().path("spec");
    JsonNode sidecar = PodCorpusTest.sidecar(spec);
    String file = environment(sidecar).get("SPANTHRIFT_ADMIN_OPERATOR_TOKEN_FILE");
    JsonNode mount = named(sidecar.path("volumeMounts"), Names.TOKEN_VOLUME);
    assertEquals(mount.path("mountPath").asString("") + "/token", file);
    assertTrue(mount.path("readOnly").asBoolean(false));
    JsonNode secret = named(spec.path("volumes"), Names.TOKEN_VOLUME).path("secret");
    assertEquals("on-call", secret.path("secretName").asString(""));
    assertTrue(secret.path("optional").asBoolean(false), "it may come later");
  }

  private static JsonNode named(JsonNode list, String name) {
    return Json.objects(list).stream()
        .filter(e -> Json.name(e).equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode sidecarOf(PodInjector injector, ObjectNode pod) {
    Injected injected =
        assertInstanceOf(Injected.class, injector.inject(pod, PodCorpus.enabled("shop")));
    return PodCorpusTest.sidecar(injected.pod().path("spec"));
  }

  @Test
  void everyMistakeInAnAnnotationIsNamed() {
    Map<PodOption, String> wrong =
        Map.of(
            PodOption.MODE, "trial",
            PodOption.UPSTREAM, "backend:4318",
            PodOption.UPSTREAM_PROTOCOL, "udp",
            PodOption.CONFIG, "No Name",
            PodOption.CPU_REQUEST, "many",
            PodOption.MEMORY_LIMIT, "100Mi",
            PodOption.MEMORY_REQUEST, "1Gi",
            PodOption.CONTAINERS, "nobody",
            PodOption.HOLD_APPLICATION, "perhaps");
    wrong.forEach(
        (option, value) -> {
          Skipped skipped =
              assertInstanceOf(
                  Skipped.class,
                  injector.inject(
                      with("deployment", "annotations", option.key(), value),
                      PodCorpus.enabled("shop")));
          assertEquals(SkipReason.INVALID_OPTION, skipped.reason(), option.key());
          assertTrue(skipped.words().contains(option.key()), skipped.words());
        });
  }

  @Test
  void aWorkloadsTemplateIsNamedAfterIt() {
    String manifest =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: shop, namespace: shop}
        spec:
          template:
            spec: {containers: [{name: app, image: "shop:1"}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: shop}
        """;
    Manifest.Outcome outcome = Manifest.inject(injector, manifest, "");
    assertEquals(1, outcome.injected());
    assertTrue(outcome.yaml().contains("k8s.deployment.name=shop"), outcome.yaml());
    assertTrue(outcome.yaml().contains("kind: Service"));
    Manifest.Outcome again = Manifest.inject(injector, outcome.yaml(), "");
    assertEquals(outcome.yaml(), again.yaml());
    assertEquals(0, again.injected());
  }
}
