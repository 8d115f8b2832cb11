package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static dev.spanthrift.helm.Rendered.env;
import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sidecar and gateway have in common. */
class PodTest {
  /** Volume types of the restricted Pod Security Standard that a chart of ours may need. */
  private static final Set<String> VOLUMES = Set.of("configMap", "emptyDir", "secret", "projected");

  @ParameterizedTest
  @ValueSource(strings = {Chart.SIDECAR, Chart.GATEWAY})
  void passesTheRestrictedPodSecurityStandard(String values) {
    JsonObject pod = Chart.render(values).pod();
    List<JsonElement> containers = pod.getAsJsonArray("containers").asList();
    for (JsonElement container : containers) {
      assertRestricted(at(container, "securityContext"));
    }
    if (pod.has("initContainers")) {
      pod.getAsJsonArray("initContainers").forEach(c -> assertRestricted(at(c, "securityContext")));
    }
    for (JsonElement volume : pod.getAsJsonArray("volumes")) {
      assertTrue(VOLUMES.stream().anyMatch(volume.getAsJsonObject()::has), volume::toString);
    }
    assertFalse(pod.has("hostNetwork"));
  }

  private static void assertRestricted(JsonElement context) {
    assertTrue(at(context, "runAsNonRoot").getAsBoolean());
    assertFalse(at(context, "allowPrivilegeEscalation").getAsBoolean());
    assertEquals("[\"ALL\"]", at(context, "capabilities.drop").toString());
    assertEquals("RuntimeDefault", text(context, "seccompProfile.type"));
  }

  @ParameterizedTest
  @ValueSource(strings = {Chart.SIDECAR, Chart.GATEWAY})
  void writesOnlyToBoundedEmptyDirs(String values) {
    Rendered rendered = Chart.render(values);
    JsonObject container = rendered.spanthrift();
    assertTrue(at(container, "securityContext.readOnlyRootFilesystem").getAsBoolean());
    assertEquals(65532, at(container, "securityContext.runAsUser").getAsInt());
    for (JsonElement volume : rendered.pod().getAsJsonArray("volumes")) {
      if (volume.getAsJsonObject().has("emptyDir")) {
        assertFalse(text(volume, "emptyDir.sizeLimit").isEmpty());
      }
    }
    String state = env(container, "SPANTHRIFT_STATE_DIR");
    assertTrue(
        container.getAsJsonArray("volumeMounts").asList().stream()
            .anyMatch(
                m -> text(m, "mountPath").equals(state) && text(m, "name").endsWith("state")));
  }

  @ParameterizedTest
  @ValueSource(strings = {Chart.SIDECAR, Chart.GATEWAY})
  void hasNoAccessToTheKubernetesApi(String values) {
    Rendered rendered = Chart.render(values);
    assertFalse(at(rendered.pod(), "automountServiceAccountToken").getAsBoolean());
    assertFalse(at(rendered.only("ServiceAccount"), "automountServiceAccountToken").getAsBoolean());
    assertFalse(rendered.text().contains("rbac.authorization.k8s.io"));
  }

  @ParameterizedTest
  @ValueSource(strings = {Chart.SIDECAR, Chart.GATEWAY})
  void noServiceOfTheNamespaceBecomesASetting(String values) {
    assertFalse(at(Chart.render(values).pod(), "enableServiceLinks").getAsBoolean());
  }

  @ParameterizedTest
  @ValueSource(strings = {Chart.SIDECAR, Chart.GATEWAY})
  void configurationIsAFileInAWholeVolumeSoThatTheKubeletCanUpdateIt(String values) {
    Rendered rendered =
        Chart.render(values, "{config: {defaultProbability: 0.5}, policies: [{name: errors, keep: true}]}");
    JsonObject container = rendered.spanthrift();
    assertEquals(
        "[\"run\",\"--config\",\"/etc/spanthrift/spanthrift.yaml\",\"--lenient\"]",
        at(container, "args").toString());
    assertEquals("/etc/spanthrift", text(container, "volumeMounts.0.mountPath"));
    assertFalse(at(container, "volumeMounts.0").getAsJsonObject().has("subPath"));
    assertEquals(0.5, at(rendered.configuration(), "defaultProbability").getAsDouble());
    assertEquals("errors", text(rendered.configuration(), "policies.0.name"));
  }

  @Test
  void theUsersConfigurationWinsOverTheModes() {
    String modes = "sidecar: {config: {hold: {bytesMax: 9MiB}, stampAlways: true}}\n";
    Rendered rendered = Chart.render(Chart.SIDECAR, modes + "config: {hold: {bytesMax: 8MiB}}");
    assertEquals("8MiB", text(rendered.configuration(), "hold.bytesMax"));
    assertEquals("true", text(rendered.configuration(), "stampAlways"));
  }

  @Test
  void anExistingConfigMapReplacesTheCharts() {
    Rendered rendered = Chart.render(Chart.GATEWAY, "configMap: {existingName: ours}");
    assertFalse(rendered.kinds().contains("ConfigMap"));
    assertEquals("ours", text(rendered.pod(), "volumes.0.configMap.name"));
  }

  @Test
  void headersComeFromASecretOnly() {
    JsonObject container =
        Chart.render(Chart.GATEWAY, "destination: {headersSecret: {name: otlp, key: api}}")
            .spanthrift();
    JsonElement headers =
        container.getAsJsonArray("env").asList().stream()
            .filter(e -> text(e, "name").equals("OTEL_EXPORTER_OTLP_HEADERS"))
            .findFirst()
            .orElseThrow();
    assertFalse(headers.getAsJsonObject().has("value"));
    assertEquals("otlp", text(headers, "valueFrom.secretKeyRef.name"));
    assertEquals("api", text(headers, "valueFrom.secretKeyRef.key"));
  }

  @Test
  void theDestinationComesByTheStandardVariables() {
    JsonObject container =
        Chart.render(Chart.GATEWAY, "destination: {protocol: grpc, compression: zstd}")
            .spanthrift();
    assertEquals("https://otlp.example.com:4318", env(container, "OTEL_EXPORTER_OTLP_ENDPOINT"));
    assertEquals("grpc", env(container, "OTEL_EXPORTER_OTLP_PROTOCOL"));
    assertEquals("zstd", env(container, "OTEL_EXPORTER_OTLP_COMPRESSION"));
    Rendered own =
        Chart.render("{mode: gateway, config: {destinations: [{endpoint: 'http://c:4318'}]}}");
    assertNull(env(own.spanthrift(), "OTEL_EXPORTER_OTLP_ENDPOINT"));
    assertNull(env(own.spanthrift(), "OTEL_EXPORTER_OTLP_PROTOCOL"));
  }

  @Test
  void tlsFilesAreReadWhereTheSecretIsMounted() {
    JsonObject container =
        Chart.render(
                Chart.GATEWAY,
                "destination: {tlsSecret: {name: tls, caKey: '', certKey: tls.crt, keyKey:"
                    + " tls.key}}")
            .spanthrift();
    assertNull(env(container, "OTEL_EXPORTER_OTLP_CERTIFICATE"));
    JsonElement mount =
        container.getAsJsonArray("volumeMounts").asList().stream()
            .filter(m -> text(m, "name").equals("spanthrift-tls"))
            .findFirst()
            .orElseThrow();
    assertEquals(
        text(mount, "mountPath") + "/tls.key", env(container, "OTEL_EXPORTER_OTLP_CLIENT_KEY"));
  }

  @Test
  void theAutoscalerOfTheClusterMayEvictItsScratchVolumes() {
    Rendered rendered = Chart.render(Chart.SIDECAR);
    String named =
        at(rendered.deployment(), "spec.template.metadata.annotations")
            .getAsJsonObject()
            .get("cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes")
            .getAsString();
    List<String> emptyDirs =
        rendered.pod().getAsJsonArray("volumes").asList().stream()
            .filter(v -> v.getAsJsonObject().has("emptyDir"))
            .map(v -> text(v, "name"))
            .toList();
    assertEquals(String.join(",", emptyDirs), named);
  }

  @Test
  void aNewChartVersionAloneRestartsNoPod() {
    JsonObject labels =
        at(Chart.render(Chart.SIDECAR).deployment(), "spec.template.metadata.labels")
            .getAsJsonObject();
    assertFalse(labels.has("helm.sh/chart"), labels::toString);
  }
}
