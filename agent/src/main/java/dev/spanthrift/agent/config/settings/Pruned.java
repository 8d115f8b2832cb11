package dev.spanthrift.agent.config.settings;

import dev.spanthrift.agent.config.yaml.YamlNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A tree of YAML without one of its nodes; the same tree when it has no such node. */
final class Pruned {
  private Pruned() {}

  /**
   * Takes a node out.
   *
   * @param steps keys, and indexes as {@code [2]}, from the root
   */
  static @Nullable YamlNode without(@Nullable YamlNode node, String[] steps) {
    return switch (node) {
      case YamlNode.Mapping mapping -> without(mapping, steps);
      case YamlNode.Sequence sequence when steps[0].matches("\\[[0-9]+]") ->
          without(sequence, steps);
      case null, default -> node;
    };
  }

  private static YamlNode without(YamlNode.Mapping mapping, String[] steps) {
    YamlNode child = mapping.entries().get(steps[0]);
    if (child == null) {
      return mapping;
    }
    Map<String, YamlNode> rest = new LinkedHashMap<>(mapping.entries());
    YamlNode less = steps.length == 1 ? null : without(child, tail(steps));
    if (less == null) {
      rest.remove(steps[0]);
    } else if (less == child) {
      return mapping;
    } else {
      rest.put(steps[0], less);
    }
    return new YamlNode.Mapping(rest, mapping.where());
  }

  private static YamlNode without(YamlNode.Sequence sequence, String[] steps) {
    int index = Integer.parseInt(steps[0].substring(1, steps[0].length() - 1));
    if (index >= sequence.elements().size()) {
      return sequence;
    }
    List<YamlNode> rest = new ArrayList<>(sequence.elements());
    YamlNode child = rest.get(index);
    YamlNode less = steps.length == 1 ? null : without(child, tail(steps));
    if (less == null) {
      rest.remove(index);
    } else if (less == child) {
      return sequence;
    } else {
      rest.set(index, less);
    }
    return new YamlNode.Sequence(rest, sequence.where());
  }

  private static String[] tail(String[] steps) {
    return Arrays.copyOfRange(steps, 1, steps.length);
  }
}
