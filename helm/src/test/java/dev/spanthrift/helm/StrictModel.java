package dev.spanthrift.helm;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ClusterRole;
import io.kubernetes.client.openapi.models.V1ClusterRoleBinding;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1CustomResourceDefinition;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1MutatingAdmissionPolicy;
import io.kubernetes.client.openapi.models.V1MutatingAdmissionPolicyBinding;
import io.kubernetes.client.openapi.models.V1MutatingWebhookConfiguration;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.util.Map;
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

  private interface Validation {
    void validate(JsonElement object) throws IOException;
  }

  /** Unknown and missing fields by the model, types by reading it. */
  private static Validation model(Class<?> type, Validation fields) {
    return object -> {
      fields.validate(object);
      Object unused = JSON.getGson().fromJson(object, type);
    };
  }

  private static final Map<String, Validation> MODELS =
      Map.ofEntries(
          Map.entry("v1/ConfigMap", model(V1ConfigMap.class, V1ConfigMap::validateJsonElement)),
          Map.entry("v1/Service", model(V1Service.class, V1Service::validateJsonElement)),
          Map.entry(
              "v1/ServiceAccount",
              model(V1ServiceAccount.class, V1ServiceAccount::validateJsonElement)),
          Map.entry("v1/Pod", model(V1Pod.class, V1Pod::validateJsonElement)),
          Map.entry(
              "apps/v1/Deployment", model(V1Deployment.class, V1Deployment::validateJsonElement)),
          Map.entry(
              "apps/v1/DaemonSet", model(V1DaemonSet.class, V1DaemonSet::validateJsonElement)),
          Map.entry(
              "apps/v1/StatefulSet",
              model(V1StatefulSet.class, V1StatefulSet::validateJsonElement)),
          Map.entry("batch/v1/Job", model(V1Job.class, V1Job::validateJsonElement)),
          Map.entry("batch/v1/CronJob", model(V1CronJob.class, V1CronJob::validateJsonElement)),
          Map.entry(
              "autoscaling/v2/HorizontalPodAutoscaler",
              model(
                  V2HorizontalPodAutoscaler.class, V2HorizontalPodAutoscaler::validateJsonElement)),
          Map.entry(
              "policy/v1/PodDisruptionBudget",
              model(V1PodDisruptionBudget.class, V1PodDisruptionBudget::validateJsonElement)),
          Map.entry(
              "networking.k8s.io/v1/NetworkPolicy",
              model(V1NetworkPolicy.class, V1NetworkPolicy::validateJsonElement)),
          Map.entry(
              "rbac.authorization.k8s.io/v1/ClusterRole",
              model(V1ClusterRole.class, V1ClusterRole::validateJsonElement)),
          Map.entry(
              "rbac.authorization.k8s.io/v1/ClusterRoleBinding",
              model(V1ClusterRoleBinding.class, V1ClusterRoleBinding::validateJsonElement)),
          Map.entry(
              "rbac.authorization.k8s.io/v1/Role",
              model(V1Role.class, V1Role::validateJsonElement)),
          Map.entry(
              "rbac.authorization.k8s.io/v1/RoleBinding",
              model(V1RoleBinding.class, V1RoleBinding::validateJsonElement)),
          Map.entry(
              "admissionregistration.k8s.io/v1/MutatingWebhookConfiguration",
              model(
                  V1MutatingWebhookConfiguration.class,
                  V1MutatingWebhookConfiguration::validateJsonElement)),
          Map.entry(
              "apiextensions.k8s.io/v1/CustomResourceDefinition",
              model(
                  V1CustomResourceDefinition.class,
                  V1CustomResourceDefinition::validateJsonElement)),
          Map.entry(
              "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy",
              model(
                  V1MutatingAdmissionPolicy.class, V1MutatingAdmissionPolicy::validateJsonElement)),
          Map.entry(
              "admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding",
              model(
                  V1MutatingAdmissionPolicyBinding.class,
                  V1MutatingAdmissionPolicyBinding::validateJsonElement)),
          Map.entry("v1/Namespace", model(V1Namespace.class, V1Namespace::validateJsonElement)));

  static {
    new JSON(); // sets the readers that validation uses
  }

  private StrictModel() {}

  static void validate(JsonObject object) throws IOException {
    String kind = object.get("apiVersion").getAsString() + "/" + object.get("kind").getAsString();
    Validation model = MODELS.get(kind);
    if (model != null) {
      model.validate(object);
      return;
    }
    switch (kind) {
      case "monitoring.coreos.com/v1/ServiceMonitor" -> monitor(object, "endpoints");
      case "monitoring.coreos.com/v1/PodMonitor" -> monitor(object, "podMetricsEndpoints");
      case "monitoring.coreos.com/v1/PrometheusRule" -> alerts(object);
      case "argoproj.io/v1alpha1/Application" -> application(object);
      default -> throw new IllegalArgumentException("no model for " + kind);
    }
  }

  private static void monitor(JsonObject object, String endpoints) {
    only(object, Set.of("apiVersion", "kind", "metadata", "spec"));
    JsonObject spec = object.getAsJsonObject("spec");
    only(spec, Set.of("selector", "namespaceSelector", endpoints));
    only(spec.getAsJsonObject("selector"), Set.of("matchLabels", "matchExpressions"));
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

  /** Argo CD's Application, as far as an example uses it (argo-cd, operator manual). */
  private static void application(JsonObject object) {
    only(object, Set.of("apiVersion", "kind", "metadata", "spec"));
    JsonObject spec = object.getAsJsonObject("spec");
    only(spec, Set.of("project", "source", "destination", "syncPolicy"));
    only(spec.getAsJsonObject("source"), Set.of("repoURL", "targetRevision", "path", "helm"));
    only(
        spec.getAsJsonObject("source").getAsJsonObject("helm"),
        Set.of("releaseName", "valuesObject"));
    only(spec.getAsJsonObject("destination"), Set.of("server", "namespace"));
    only(spec.getAsJsonObject("syncPolicy"), Set.of("automated", "syncOptions"));
  }

  private static void only(JsonObject object, Set<String> fields) {
    if (!fields.containsAll(object.keySet())) {
      throw new IllegalArgumentException("unknown field among " + object.keySet());
    }
  }
}
