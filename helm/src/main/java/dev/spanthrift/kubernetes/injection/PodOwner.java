package dev.spanthrift.kubernetes.injection;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Who a pod belongs to, found without asking the API server: names of ReplicaSets and of CronJobs'
 * Jobs are made from their owner's in a known way.
 *
 * @param attribute of the resource, such as {@code k8s.deployment.name}
 * @param name also the service's name
 */
public record PodOwner(String attribute, String name) {
  // Minutes since 1970, as the CronJob controller appends them; eight digits until 2160.
  private static final Pattern OF_CRON_JOB = Pattern.compile("(.+)-\\d{8}");
  static final Map<String, String> ATTRIBUTES =
      Map.of(
          "Deployment", "k8s.deployment.name",
          "ReplicaSet", "k8s.replicaset.name",
          "StatefulSet", "k8s.statefulset.name",
          "DaemonSet", "k8s.daemonset.name",
          "Job", "k8s.job.name",
          "CronJob", "k8s.cronjob.name");
  private static final String NO_ATTRIBUTE = "";

  /** A workload by its kind, or something else that makes pods. */
  public static PodOwner of(String kind, String name) {
    return new PodOwner(ATTRIBUTES.getOrDefault(kind, NO_ATTRIBUTE), name);
  }

  /** The owner of a pod, by its controlling owner reference; without one the pod itself. */
  public static PodOwner of(JsonNode metadata) {
    for (JsonNode reference : metadata.path("ownerReferences")) {
      if (reference.path("controller").asBoolean(false)) {
        return ofReference(
            reference.path("kind").asString(""),
            Json.name(reference),
            metadata.path("labels").path("pod-template-hash").asString(""));
      }
    }
    String name = Json.name(metadata);
    return new PodOwner(
        NO_ATTRIBUTE,
        name.isEmpty() ? withoutDash(metadata.path("generateName").asString("")) : name);
  }

  private static PodOwner ofReference(String kind, String name, String hash) {
    if (kind.equals("ReplicaSet") && !hash.isEmpty() && name.endsWith("-" + hash)) {
      return of("Deployment", name.substring(0, name.length() - hash.length() - 1));
    }
    Matcher job = OF_CRON_JOB.matcher(name);
    if (kind.equals("Job") && job.matches()) {
      return of("CronJob", job.group(1));
    }
    return of(kind, name);
  }

  private static String withoutDash(String prefix) {
    return prefix.endsWith("-") ? prefix.substring(0, prefix.length() - 1) : prefix;
  }

  boolean hasAttribute() {
    return !attribute.isEmpty();
  }
}
