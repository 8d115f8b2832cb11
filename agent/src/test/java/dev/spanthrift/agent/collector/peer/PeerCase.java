package dev.spanthrift.agent.collector.peer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pipeline's processors, and a name that tells them from others.
 *
 * @param processors by type, in order
 */
record PeerCase(String name, Map<String, Object> processors) {
  @Override
  public String toString() {
    return name;
  }

  /** A policy of tail_sampling, alone. */
  static PeerCase tail(String name, Map<String, Object> policy) {
    Map<String, Object> named = new LinkedHashMap<>(policy);
    named.put("name", "p");
    return new PeerCase(name, Map.of("tail_sampling", tail(List.of(named))));
  }

  /** The settings of tail_sampling. */
  static Map<String, Object> tail(List<Map<String, Object>> policies) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("decision_wait", "2s");
    settings.put("policies", policies);
    return settings;
  }

  static PeerCase ottl(String kind, String condition, String mode) {
    Map<String, Object> settings = new LinkedHashMap<>();
    if (!mode.isEmpty()) {
      settings.put("error_mode", mode);
    }
    settings.put(kind, List.of(condition));
    return tail(
        kind + (mode.isEmpty() ? "" : " " + mode) + ": " + condition,
        Map.of("type", "ottl_condition", "ottl_condition", settings));
  }

  static PeerCase probabilistic(String name, Map<String, Object> settings) {
    return new PeerCase(name, Map.of("probabilistic_sampler", settings));
  }
}
