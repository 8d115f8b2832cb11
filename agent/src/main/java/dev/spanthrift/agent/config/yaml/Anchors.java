package dev.spanthrift.agent.config.yaml;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Anchors, aliases and merge keys of one YAML document.
 *
 * <p>An alias is the very node of its anchor, so it costs no memory; what walks the document walks
 * it each time, though. So the nodes of the written-out document have a bound, which a few lines of
 * aliases of aliases would pass.
 */
final class Anchors {
  private static final int NODES_MAX = 100_000;
  private static final String MERGE = "<<";

  private final Map<String, Anchored> known = new HashMap<>();
  private long nodes;

  private record Anchored(YamlNode node, long size) {}

  /** Counts one node; what it returns marks where its anchor begins. */
  long begin() {
    return nodes++;
  }

  /** The node is whole, and may be named from here on. */
  void end(@Nullable String anchor, YamlNode node, long begin) {
    if (anchor != null) {
      known.put(anchor, new Anchored(node, nodes - begin));
    }
  }

  /** What an alias stands for; nothing, and a problem, when it is unknown or too much. */
  YamlNode alias(String name, String path, String where, List<SettingProblem> problems) {
    Anchored anchored = known.get(name);
    if (anchored == null) {
      return refused(path, name, where, problems, "an anchor, &" + name + ", that ends before it");
    }
    nodes += anchored.size();
    return nodes <= NODES_MAX
        ? anchored.node()
        : refused(
            path, name, where, problems, "less: aliases make more than " + NODES_MAX + " values");
  }

  private static YamlNode refused(
      String path, String name, String where, List<SettingProblem> problems, String right) {
    // One is enough, or aliases of aliases would fill the screen.
    if (problems.stream().noneMatch(problem -> problem.right().equals(right))) {
      problems.add(new SettingProblem(path, "*" + name, where, right));
    }
    return new YamlNode.Scalar("", YamlNode.Scalar.Kind.NOTHING, where);
  }

  /** The entries with what {@code <<} brings: its own go first, then what it lists, in order. */
  static Map<String, YamlNode> merged(
      Map<String, YamlNode> entries, String path, List<SettingProblem> problems) {
    YamlNode sources = entries.get(MERGE);
    if (sources == null) {
      return entries;
    }
    Map<String, YamlNode> merged = new LinkedHashMap<>(entries);
    merged.remove(MERGE);
    List<YamlNode> list =
        sources instanceof YamlNode.Sequence sequence ? sequence.elements() : List.of(sources);
    for (YamlNode source : list) {
      if (source instanceof YamlNode.Mapping mapping) {
        mapping.entries().forEach(merged::putIfAbsent);
      } else {
        problems.add(
            new SettingProblem(
                path, MERGE, source.where(), "a section, or a list of sections, to be merged"));
      }
    }
    return merged;
  }
}
