package dev.spanthrift.kubernetes.stream;

import java.util.Map;

/**
 * A pod whose sidecar asks. Its labels are what it says itself: with others it would get another
 * policy of its own namespace, and nothing of anybody else's.
 */
public record PodFacts(Identity identity, Map<String, String> labels) {
  public PodFacts {
    labels = Map.copyOf(labels);
  }
}
