package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static dev.spanthrift.helm.Rendered.env;
import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What must hold of a sidecar so that it can never harm the application beside it. */
class SidecarTest {
  private final Rendered plain = Chart.render(Chart.SIDECAR);

  @Test
  void isANativeSidecarBeforeAllOtherInitContainers() {
    JsonObject pod =
        Chart.render(Chart.SIDECAR, "application: {initContainers: [{name: migrate, image: m}]}")
            .pod();
    assertEquals("spanthrift", text(pod, "initContainers.0.name"));
    assertEquals("Always", text(pod, "initContainers.0.restartPolicy"));
    assertEquals("migrate", text(pod, "initContainers.1.name"));
    assertEquals(1, pod.getAsJsonArray("containers").size());
  }

  @Test
  void hasNoReadinessProbeWhateverIsSet() {
    assertFalse(plain.spanthrift().has("readinessProbe"));
    Rendered other =
        Chart.render(
            Chart.SIDECAR,
            """
            gateway: {readinessProbe: {periodSeconds: 1}}
            sidecar: {holdApplication: true}
            application: {readinessProbe: {httpGet: {path: /, port: 80}}}
            """);
    assertFalse(other.spanthrift().has("readinessProbe"));
    assertTrue(other.application().has("readinessProbe"));
  }

  @Test
  void livenessIsSlowAndAsksTheAdminPort() {
    JsonObject probe = at(plain.spanthrift(), "livenessProbe").getAsJsonObject();
    assertEquals("/healthz", text(probe, "httpGet.path"));
    assertEquals("spanthrift", text(probe, "httpGet.port"));
    assertEquals(20, at(probe, "periodSeconds").getAsInt());
    assertEquals(3, at(probe, "failureThreshold").getAsInt());
  }

  @Test
  void theApplicationWaitsForItOnlyOnRequest() {
    assertFalse(plain.spanthrift().has("startupProbe"));
    Rendered held = Chart.render(Chart.SIDECAR, "sidecar: {holdApplication: true}");
    assertEquals("/readyz", text(held.spanthrift(), "startupProbe.httpGet.path"));
  }

  @Test
  void hasACpuRequestButNoCpuLimit() {
    JsonObject resources = at(plain.spanthrift(), "resources").getAsJsonObject();
    assertEquals("50m", text(resources, "requests.cpu"));
    assertFalse(at(resources, "limits").getAsJsonObject().has("cpu"));
    assertEquals("256Mi", text(resources, "limits.memory"));
  }

  @Test
  void keepsItsCpuRequestWhenOnlyALimitIsSet() {
    Rendered limited = Chart.render(Chart.SIDECAR, "sidecar: {resources: {limits: {cpu: 1}}}");
    assertEquals("50m", text(limited.spanthrift(), "resources.requests.cpu"));
    assertEquals("1", text(limited.spanthrift(), "resources.limits.cpu"));
  }

  @Test
  void listensOnLoopbackOnlyButAnswersTheKubeletOnThePodsAddress() {
    assertEquals("localhost", env(plain.spanthrift(), "SPANTHRIFT_LISTEN_GRPC_HOST"));
    assertEquals("localhost", env(plain.spanthrift(), "SPANTHRIFT_LISTEN_HTTP_HOST"));
    assertEquals("0.0.0.0", env(plain.spanthrift(), "SPANTHRIFT_ADMIN_HOST"));
  }

  @Test
  void theApplicationsSdkIsPointedToTheAddressThatTheSidecarBinds() {
    assertEquals("http://localhost:4318", env(plain.application(), "OTEL_EXPORTER_OTLP_ENDPOINT"));
    assertEquals("http/protobuf", env(plain.application(), "OTEL_EXPORTER_OTLP_PROTOCOL"));
    Rendered six = Chart.render(Chart.SIDECAR, "{listen: '::1', ports: {http: 14318}}");
    assertEquals("http://[::1]:14318", env(six.application(), "OTEL_EXPORTER_OTLP_ENDPOINT"));
    assertEquals("::1", env(six.spanthrift(), "SPANTHRIFT_LISTEN_HTTP_HOST"));
    assertEquals("14318", env(six.spanthrift(), "SPANTHRIFT_LISTEN_HTTP_PORT"));
  }

  @Test
  void whatTheApplicationSetsItselfIsNotSetTwice() {
    JsonObject application =
        Chart.render(
                Chart.SIDECAR,
                "application: {env: [{name: OTEL_EXPORTER_OTLP_PROTOCOL, value: grpc}]}")
            .application();
    List<String> names =
        application.getAsJsonArray("env").asList().stream().map(e -> text(e, "name")).toList();
    assertEquals(List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"), names);
    assertEquals("grpc", env(application, "OTEL_EXPORTER_OTLP_PROTOCOL"));
  }

  @Test
  void theApplicationNeverSeesTheBackendsHeaders() {
    Rendered rendered =
        Chart.render(Chart.SIDECAR, "destination: {headersSecret: {name: otlp-key}}");
    assertTrue(rendered.spanthrift().toString().contains("otlp-key"));
    assertFalse(rendered.application().toString().contains("otlp-key"));
  }

  @Test
  void itsEndLeavesTimeForTheLastFlush() {
    assertEquals(45, at(plain.pod(), "terminationGracePeriodSeconds").getAsInt());
    assertFalse(plain.spanthrift().has("lifecycle"), "SIGTERM comes after the application's end");
  }

  @Test
  void kubectlMeansTheApplication() {
    assertEquals(
        "application",
        at(plain.deployment(), "spec.template.metadata.annotations")
            .getAsJsonObject()
            .get("kubectl.kubernetes.io/default-container")
            .getAsString());
  }

  @Test
  void theAutoscalerLooksAtTheApplicationAlone() {
    Rendered scaled =
        Chart.render(Chart.SIDECAR, "{autoscaling: {enabled: true}, application: {name: cart}}");
    JsonObject autoscaler = scaled.only("HorizontalPodAutoscaler");
    assertEquals("ContainerResource", text(autoscaler, "spec.metrics.0.type"));
    assertEquals("cart", text(autoscaler, "spec.metrics.0.containerResource.container"));
    assertFalse(at(scaled.deployment(), "spec").getAsJsonObject().has("replicas"));
  }

  @Test
  void aPodMonitorFindsThePortByItsName() {
    Rendered scraped = Chart.render(Chart.SIDECAR, "podMonitor: {enabled: true}");
    assertEquals("spanthrift", text(scraped.only("PodMonitor"), "spec.podMetricsEndpoints.0.port"));
    assertEquals(
        at(scraped.deployment(), "spec.selector.matchLabels"),
        at(scraped.only("PodMonitor"), "spec.selector.matchLabels"));
  }

  @Test
  void exposesNoServiceAndNoPolicyOfItsOwn() {
    assertEquals(List.of("ServiceAccount", "ConfigMap", "Deployment"), plain.kinds());
  }

  @Test
  void anotherConfigurationIsAnotherPod() {
    String annotation = "spec.template.metadata.annotations";
    Rendered other = Chart.render(Chart.SIDECAR, "config: {defaultProbability: 0.5}");
    assertNotEquals(at(plain.deployment(), annotation), at(other.deployment(), annotation));
    Rendered same = Chart.render(Chart.SIDECAR, "revisionHistoryLimit: 9");
    assertEquals(at(plain.deployment(), annotation), at(same.deployment(), annotation));
  }

  @Test
  void aTokenComesFromAnExistingSecretOrThereIsNone() {
    assertNull(env(plain.spanthrift(), "SPANTHRIFT_ADMIN_TOKEN_FILE"));
    Rendered withToken =
        Chart.render(Chart.SIDECAR, "admin: {tokenSecret: {name: rest, key: bearer}}");
    String file = env(withToken.spanthrift(), "SPANTHRIFT_ADMIN_TOKEN_FILE");
    String folder = volumeMount(withToken.spanthrift(), "spanthrift-token");
    JsonObject volume = volume(withToken.pod(), "spanthrift-token");
    assertEquals("rest", text(volume, "secret.secretName"));
    assertEquals("bearer", text(volume, "secret.items.0.key"));
    assertEquals(file, folder + "/" + text(volume, "secret.items.0.path"));
    assertFalse(withToken.kinds().contains("Secret"));
  }

  @Test
  void theApplicationsTokenOfTheApiIsNotTheSidecars() {
    Rendered rendered =
        Chart.render(Chart.SIDECAR, "serviceAccount: {automountServiceAccountToken: true}");
    JsonElement mount =
        rendered.spanthrift().getAsJsonArray("volumeMounts").asList().stream()
            .filter(
                m -> text(m, "mountPath").equals("/var/run/secrets/kubernetes.io/serviceaccount"))
            .findFirst()
            .orElseThrow();
    String volume = text(mount, "name");
    assertTrue(volume(rendered.pod(), volume).has("emptyDir"), "nothing is in there");
    assertEquals("no-api-token", text(mount, "subPath"));
  }

  private static String volumeMount(JsonObject container, String name) {
    return container.getAsJsonArray("volumeMounts").asList().stream()
        .filter(mount -> text(mount, "name").equals(name))
        .map(mount -> text(mount, "mountPath"))
        .findFirst()
        .orElseThrow();
  }

  private static JsonObject volume(JsonObject pod, String name) {
    return pod.getAsJsonArray("volumes").asList().stream()
        .filter(volume -> text(volume, "name").equals(name))
        .findFirst()
        .orElseThrow()
        .getAsJsonObject();
  }
}
