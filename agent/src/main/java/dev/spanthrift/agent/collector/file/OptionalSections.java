package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.config.yaml.YamlNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Sections that the Collector lets a person switch off by {@code enabled: false} in them.
 *
 * <p>Those that are off are taken away before anything is read, so that nobody else asks.
 */
final class OptionalSections {
  private static final String ENABLED = "enabled";
  private static final Map<String, Set<String>> NAMES =
      Map.of(
          "receivers",
          Set.of(
              "grpc",
              "http",
              "tls",
              "cors",
              "auth",
              "keepalive",
              "server_parameters",
              "enforcement_policy"),
          "exporters",
          Set.of("auth", "keepalive", "batch", "cookies"));

  private OptionalSections() {}

  static Place applied(Place root) {
    if (!(root.node() instanceof YamlNode.Mapping map)) {
      return root;
    }
    Map<String, YamlNode> entries = new LinkedHashMap<>(map.entries());
    NAMES.forEach(
        (section, names) -> entries.computeIfPresent(section, (key, node) -> without(node, names)));
    return Place.root(new YamlNode.Mapping(entries, map.where()), root.where(), root.remarks());
  }

  private static YamlNode without(YamlNode node, Set<String> names) {
    if (!(node instanceof YamlNode.Mapping map)) {
      return node;
    }
    Map<String, YamlNode> entries = new LinkedHashMap<>();
    map.entries()
        .forEach(
            (key, child) -> {
              if (!names.contains(key) || !isSwitched(child, false)) {
                boolean on = names.contains(key) && isSwitched(child, true);
                entries.put(key, without(on ? unswitched(child) : child, names));
              }
            });
    return new YamlNode.Mapping(entries, map.where());
  }

  private static boolean isSwitched(YamlNode node, boolean on) {
    return node instanceof YamlNode.Mapping map
        && map.entries().get(ENABLED) instanceof YamlNode.Scalar scalar
        && scalar.kind() == YamlNode.Scalar.Kind.BOOLEAN
        && Boolean.parseBoolean(scalar.text()) == on;
  }

  private static YamlNode unswitched(YamlNode node) {
    if (!(node instanceof YamlNode.Mapping map)) {
      return node;
    }
    Map<String, YamlNode> entries = new LinkedHashMap<>(map.entries());
    entries.remove(ENABLED);
    return new YamlNode.Mapping(entries, map.where());
  }
}
