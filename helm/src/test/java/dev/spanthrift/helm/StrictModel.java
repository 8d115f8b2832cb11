package dev.spanthrift.helm;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.util.Set;

/**
 * Refuses what an API server with {@code --validate=strict} would: unknown fields, wrong types,
 * missing required fields.
 *
 * <p>The Prometheus operator's kinds have no model here, so the few fields that the chart writes
 * stand below (monitoring.coreos.com/v1, the operator's API reference).
 */
final class StrictModel {
  private static final Set<String> ENDPOINT = Set.of("port", "path", "interval");
  private static final Set<String> ALERT = Set.of("alert", "expr", "for", "labels", "annotations");

  static {
    new JSON(); // sets the readers that validation uses
  }

  private StrictModel() {}

  static void validate(JsonObject object) throws IOException {
    String kind = object.get("apiVersion").getAsString() + "/" + object.get("kind").getAsString();
    switch (kind) {
      case "v1/ConfigMap" -> {
        V1ConfigMap.validateJsonElement(object);
        V1ConfigMap.fromJson(object.toString());
      }
      case "v1/Service" -> {
        V1Service.validateJsonElement(object);
        V1Service.fromJson(object.toString());
      }
      case "v1/ServiceAccount" -> {
        V1ServiceAccount.validateJsonElement(object);
        V1ServiceAccount.fromJson(object.toString());
      }
      case "apps/v1/Deployment" -> {
        V1Deployment.validateJsonElement(object);
        V1Deployment.fromJson(object.toString());
      }
      case "autoscaling/v2/HorizontalPodAutoscaler" -> {
        V2HorizontalPodAutoscaler.validateJsonElement(object);
        V2HorizontalPodAutoscaler.fromJson(object.toString());
      }
      case "policy/v1/PodDisruptionBudget" -> {
        V1PodDisruptionBudget.validateJsonElement(object);
        V1PodDisruptionBudget.fromJson(object.toString());
      }
      case "networking.k8s.io/v1/NetworkPolicy" -> {
        V1NetworkPolicy.validateJsonElement(object);
        V1NetworkPolicy.fromJson(object.toString());
      }
      case "monitoring.coreos.com/v1/ServiceMonitor" -> monitor(object, "endpoints");
      case "monitoring.coreos.com/v1/PodMonitor" -> monitor(object, "podMetricsEndpoints");
      case "monitoring.coreos.com/v1/PrometheusRule" -> alerts(object);
      default -> throw new IllegalArgumentException("no model for " + kind);
    }
  }

  private static void monitor(JsonObject object, String endpoints) {
    only(object, Set.of("apiVersion", "kind", "metadata", "spec"));
    JsonObject spec = object.getAsJsonObject("spec");
    only(spec, Set.of("selector", endpoints));
    only(spec.getAsJsonObject("selector"), Set.of("matchLabels"));
    for (JsonElement endpoint : spec.getAsJsonArray(endpoints)) {
      only(endpoint.getAsJsonObject(), ENDPOINT);
    }
  }

  private static void alerts(JsonObject object) {
    only(object, Set.of("apiVersion", "kind", "metadata", "spec"));
    only(object.getAsJsonObject("spec"), Set.of("groups"));
    for (JsonElement group : object.getAsJsonObject("spec").getAsJsonArray("groups")) {
      only(group.getAsJsonObject(), Set.of("name", "rules"));
      for (JsonElement rule : group.getAsJsonObject().getAsJsonArray("rules")) {
        only(rule.getAsJsonObject(), ALERT);
      }
    }
  }

  private static void only(JsonObject object, Set<String> fields) {
    if (!fields.containsAll(object.keySet())) {
      throw new IllegalArgumentException("unknown field among " + object.keySet());
    }
  }
}
