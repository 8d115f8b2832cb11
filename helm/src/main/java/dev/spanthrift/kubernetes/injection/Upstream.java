package dev.spanthrift.kubernetes.injection;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where the sidecar sends what it keeps, as entries of its environment; none where its
 * configuration says it.
 */
record Upstream(List<ObjectNode> environment) {
  Upstream {
    environment = List.copyOf(environment);
  }

  static Upstream of(PodOptions options) {
    if (options.upstream() == null) {
      return new Upstream(List.of());
    }
    return new Upstream(
        List.of(
            Json.variable(Otel.ENDPOINT, options.upstream()),
            Json.variable(Otel.PROTOCOL, options.protocol())));
  }
}
