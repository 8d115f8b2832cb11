package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static dev.spanthrift.helm.Rendered.env;
import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.marcnuri.helm.Helm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program alone, in front of many pods. */
class GatewayTest {
  private final Rendered plain = Chart.render(Chart.GATEWAY);

  @Test
  void isOneContainerBehindAService() {
    assertEquals(List.of("ServiceAccount", "ConfigMap", "Service", "Deployment"), plain.kinds());
    assertFalse(plain.pod().has("initContainers"));
    assertEquals(1, plain.pod().getAsJsonArray("containers").size());
  }

  @Test
  void listensOnAllAddresses() {
    assertEquals("0.0.0.0", env(plain.spanthrift(), "SPANTHRIFT_LISTEN_GRPC_HOST"));
    assertEquals("0.0.0.0", env(plain.spanthrift(), "SPANTHRIFT_LISTEN_HTTP_HOST"));
  }

  @Test
  void isReadyByReadyzAndAliveByHealthz() {
    assertEquals("/readyz", text(plain.spanthrift(), "readinessProbe.httpGet.path"));
    assertEquals("/healthz", text(plain.spanthrift(), "livenessProbe.httpGet.path"));
    assertEquals(20, at(plain.spanthrift(), "livenessProbe.periodSeconds").getAsInt());
    assertFalse(plain.spanthrift().has("startupProbe"));
  }

  @Test
  void theServiceLeadsToThePortsByName() {
    JsonObject container = plain.spanthrift();
    for (JsonElement port : at(plain.only("Service"), "spec.ports").getAsJsonArray()) {
      JsonElement there =
          container.getAsJsonArray("ports").asList().stream()
              .filter(p -> p.getAsJsonObject().get("name").equals(at(port, "targetPort")))
              .findFirst()
              .orElseThrow();
      assertEquals(at(port, "port"), at(there, "containerPort"));
    }
    assertEquals(
        at(plain.deployment(), "spec.selector.matchLabels"),
        at(plain.only("Service"), "spec.selector"));
  }

  @Test
  void theServiceHasTheUsualPorts() {
    List<Integer> ports =
        at(plain.only("Service"), "spec.ports").getAsJsonArray().asList().stream()
            .map(port -> at(port, "port").getAsInt())
            .toList();
    assertEquals(List.of(4317, 4318, 4321), ports);
  }

  @Test
  void leavesTheServiceBeforeItStops() {
    assertEquals(5, at(plain.spanthrift(), "lifecycle.preStop.sleep.seconds").getAsInt());
    assertEquals(45, at(plain.pod(), "terminationGracePeriodSeconds").getAsInt());
    Rendered atOnce = Chart.render(Chart.GATEWAY, "gateway: {preStopSleepSeconds: 0}");
    assertFalse(atOnce.spanthrift().has("lifecycle"));
  }

  @Test
  void doesNotSleepWhereTheKubeletCannot() {
    Rendered old =
        Rendered.of(
            new Helm(Chart.FOLDER)
                .template()
                .withKubeVersion("1.29")
                .withValuesFile(Chart.files(Chart.GATEWAY)[0])
                .call());
    assertFalse(old.spanthrift().has("lifecycle"));
  }

  @Test
  void reservesCpuWithoutALimit() {
    assertEquals("500m", text(plain.spanthrift(), "resources.requests.cpu"));
    assertFalse(at(plain.spanthrift(), "resources.limits").getAsJsonObject().has("cpu"));
  }

  @Test
  void theAutoscalerTakesOverTheNumberOfPods() {
    Rendered scaled = Chart.render(Chart.GATEWAY, "autoscaling: {enabled: true}");
    assertFalse(at(scaled.deployment(), "spec").getAsJsonObject().has("replicas"));
    assertEquals(
        at(scaled.deployment(), "metadata.name"),
        at(scaled.only("HorizontalPodAutoscaler"), "spec.scaleTargetRef.name"));
    assertEquals(1, at(plain.deployment(), "spec.replicas").getAsInt());
  }

  @Test
  void theNetworkPolicyLetsInOtlpAndTheAdminPortAndLetsOutWhatIsNeeded() {
    JsonObject policy =
        Chart.render(Chart.GATEWAY, "networkPolicy: {enabled: true}").only("NetworkPolicy");
    assertEquals("[\"Ingress\",\"Egress\"]", at(policy, "spec.policyTypes").toString());
    assertEquals("{\"podSelector\":{}}", at(policy, "spec.ingress.0.from.0").toString());
    assertEquals("otlp-grpc", text(policy, "spec.ingress.0.ports.0.port"));
    assertEquals("spanthrift", text(policy, "spec.ingress.1.ports.0.port"));
    assertEquals(53, at(policy, "spec.egress.0.ports.0.port").getAsInt());
    assertEquals(443, at(policy, "spec.egress.1.ports.0.port").getAsInt());
    assertEquals(
        at(plain.deployment(), "spec.selector.matchLabels"),
        at(policy, "spec.podSelector.matchLabels"));
  }

  @Test
  void aServiceMonitorFindsThePortByItsName() {
    JsonObject monitor =
        Chart.render(Chart.GATEWAY, "serviceMonitor: {enabled: true}").only("ServiceMonitor");
    assertEquals("spanthrift", text(monitor, "spec.endpoints.0.port"));
    assertEquals("/actuator/prometheus", text(monitor, "spec.endpoints.0.path"));
  }

  @Test
  void aDisruptionBudgetIsThereOnRequest() {
    JsonObject budget =
        Chart.render(Chart.GATEWAY, "podDisruptionBudget: {enabled: true}")
            .only("PodDisruptionBudget");
    assertEquals(1, at(budget, "spec.maxUnavailable").getAsInt());
  }
}
