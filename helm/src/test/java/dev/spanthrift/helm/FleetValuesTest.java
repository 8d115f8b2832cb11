package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static dev.spanthrift.helm.Rendered.env;
import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pods that keep whole traces together. */
class FleetValuesTest {
  private static final String FLEET =
      """
      fleet:
        url: rediss://redis.observability
        user: spanthrift
        passwordSecret: {name: redis, key: word}
        tlsSecret: {name: redis-tls, certKey: tls.crt, keyKey: tls.key}
      """;
  private static final String POLICIES = "policies: [{name: errors, match: {status: ERROR}, keep: true}]";

  @Test
  void aSidecarAndAGatewayAreToldWhereTheEngineIs() {
    for (String mode : List.of(Chart.SIDECAR, Chart.GATEWAY)) {
      Rendered rendered = Chart.render(mode, FLEET);
      JsonObject container = rendered.spanthrift();
      assertEquals("rediss://redis.observability", env(container, "SPANTHRIFT_FLEET_URL"));
      assertEquals("default", env(container, "SPANTHRIFT_FLEET_NAME"));
      assertEquals("spanthrift", env(container, "SPANTHRIFT_FLEET_USER"));
      assertMounted(rendered, env(container, "SPANTHRIFT_FLEET_PASSWORD_FILE"), "redis");
      assertMounted(rendered, env(container, "SPANTHRIFT_FLEET_AUTHORITY"), "redis-tls");
      assertMounted(rendered, env(container, "SPANTHRIFT_FLEET_CLIENT_CERTIFICATE"), "redis-tls");
      assertMounted(rendered, env(container, "SPANTHRIFT_FLEET_CLIENT_KEY"), "redis-tls");
    }
  }

  /** The file lies in a folder that is mounted from the Secret: whole, so that it rotates. */
  private static void assertMounted(Rendered rendered, String file, String secret) {
    String folder = file.substring(0, file.lastIndexOf('/'));
    String volume = "";
    for (JsonElement mount : at(rendered.spanthrift(), "volumeMounts").getAsJsonArray()) {
      if (text(mount, "mountPath").equals(folder)) {
        assertFalse(mount.getAsJsonObject().has("subPath"));
        volume = text(mount, "name");
      }
    }
    for (JsonElement each : at(rendered.pod(), "volumes").getAsJsonArray()) {
      if (text(each, "name").equals(volume)) {
        assertEquals(secret, text(each, "secret.secretName"));
        return;
      }
    }
    throw new AssertionError("no volume is mounted at " + folder);
  }

  @Test
  void withoutAFleetNothingOfItIsThere() {
    String rendered = Chart.render(Chart.GATEWAY, POLICIES).text();
    assertFalse(rendered.contains("SPANTHRIFT_FLEET"), rendered);
    assertFalse(rendered.contains("spanthrift-fleet"), rendered);
  }

  @Test
  void aGatewayOfSeveralPodsNeedsAFleetARouteByTraceIdOrNoChoice() {
    for (String enough :
        List.of(
            FLEET,
            "config: {fleet: {url: 'redis://redis'}}",
            "gateway: {routedByTraceId: true}",
            "policies: []")) {
      Rendered rendered = Chart.render(Chart.GATEWAY, POLICIES, "replicaCount: 3", enough);
      assertEquals(3, at(rendered.deployment(), "spec.replicas").getAsInt());
    }
    Rendered sidecars = Chart.render(Chart.SIDECAR, POLICIES, "replicaCount: 3");
    assertEquals(3, at(sidecars.deployment(), "spec.replicas").getAsInt());
  }

  @Test
  void theNetworkPolicyLetsOutToTheEngine() {
    String closed = "networkPolicy: {enabled: true, egress: [{ports: [{port: 443}]}]}";
    JsonObject policy = Chart.render(Chart.GATEWAY, FLEET, closed).only("NetworkPolicy");
    assertEquals(6379, at(policy, "spec.egress.1.ports.0.port").getAsInt());
    assertEquals(443, at(policy, "spec.egress.2.ports.0.port").getAsInt());
    JsonObject two =
        Chart.render(Chart.GATEWAY, closed, "fleet: {url: 'redis://a:1234,[fd00::12]:1235'}")
            .only("NetworkPolicy");
    assertEquals(2, at(two, "spec.egress.1.ports").getAsJsonArray().size());
    assertEquals(1234, at(two, "spec.egress.1.ports.0.port").getAsInt());
    assertEquals(1235, at(two, "spec.egress.1.ports.1.port").getAsInt());
  }

  private static List<String> alerts(String... values) {
    return at(Chart.render(values).only("PrometheusRule"), "spec.groups.0.rules")
        .getAsJsonArray()
        .asList()
        .stream()
        .map(rule -> text(rule, "alert"))
        .toList();
  }

  @Test
  void alertsOfAFleetAreThereWhereThereIsOne() {
    String on = "prometheusRule: {enabled: true}";
    List<String> without = alerts(Chart.SIDECAR, on);
    assertTrue(without.contains("SpanthriftSpansLost"), without::toString);
    assertFalse(without.contains("SpanthriftFleetEngineAway"), without::toString);
    List<String> with = alerts(Chart.SIDECAR, on, FLEET);
    assertTrue(
        with.containsAll(
            List.of("SpanthriftFleetEngineAway", "SpanthriftTracesTorn", "SpanthriftFleetDivided")),
        with::toString);
    assertFalse(Chart.render(Chart.GATEWAY, FLEET).kinds().contains("PrometheusRule"));
  }

  @Test
  void alertsLookAtThePodsOfThisRelease() {
    JsonObject rule =
        Chart.render(Chart.GATEWAY, "prometheusRule: {enabled: true}").only("PrometheusRule");
    assertEquals(
        "spanthrift_degraded{namespace=\"shop\", pod=~\"demo-spanthrift-.*\"} > 0",
        text(rule, "spec.groups.0.rules.2.expr"));
    assertTrue(
        text(rule, "spec.groups.0.rules.2.annotations.summary").startsWith("{{ $labels.pod"));
    assertEquals("warning", text(rule, "spec.groups.0.rules.2.labels.severity"));
  }
}
