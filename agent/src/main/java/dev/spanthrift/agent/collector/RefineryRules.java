package dev.spanthrift.agent.collector;

import java.util.Map;

/** Refinery's rules. */
final class RefineryRules {
  private final Place root;

  RefineryRules(Place root) {
    this.root = root;
  }

  Map<String, Object> read() {
    return Map.of();
  }
}
