package dev.spanthrift.kubernetes.injection;

import java.util.Map;

/** What is known of a pod's namespace when the pod comes; empty maps where nothing is. */
public record PodNamespace(
    String name, Map<String, String> labels, Map<String, String> annotations) {
  public PodNamespace {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  public static PodNamespace named(String name) {
    return new PodNamespace(name, Map.of(), Map.of());
  }
}
