package dev.spanthrift.kubernetes.injection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Values as CEL inside a Helm template; {@code dyn}, because the API server's CEL wants lists and
 * maps of one type.
 */
final class CelText {
  private static final Pattern MARK =
      Pattern.compile(
          SymbolicInjection.CEL.keySet().stream()
                  .map(Pattern::quote)
                  .collect(Collectors.joining("|"))
              + "|"
              + Pattern.quote(SymbolicInjection.CONTAINER));

  private final Map<String, Set<SymbolicInjection.Feature>> features;
  private final Map<String, JsonNode> underGrpc;
  private final String container;

  /**
   * @param features that parts depend on, by JSON pointer
   * @param underGrpc values that are others where the container speaks gRPC, by JSON pointer
   * @param container CEL of the container's name that is meant
   */
  CelText(
      Map<String, Set<SymbolicInjection.Feature>> features,
      Map<String, JsonNode> underGrpc,
      String container) {
    this.features = features;
    this.underGrpc = underGrpc;
    this.container = container;
  }

  static String texts(Collection<String> texts) {
    return texts.stream().map(CelText::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  static String quoted(String text) {
    return StringNode.valueOf(text).toString();
  }

  /** A value whose place is known; lines after the first are indented by so much. */
  String of(String at, JsonNode value, String indent) {
    return switch (value) {
      case ArrayNode list -> list(at, list, indent);
      case ObjectNode object -> object(at, object, indent);
      case StringNode text -> either(at, text.asString());
      default -> SymbolicInjection.VALUES.getOrDefault(value.toString(), value.toString());
    };
  }

  private String either(String at, String text) {
    JsonNode other = underGrpc.get(at);
    return other == null
        ? text(text)
        : SymbolicInjection.isGrpc() + " ? " + text(other.asString()) + " : " + text(text);
  }

  private String text(String text) {
    if (SymbolicInjection.VALUES.containsKey(text)) {
      return SymbolicInjection.VALUES.get(text);
    }
    List<String> parts = new ArrayList<>();
    Matcher marks = MARK.matcher(text);
    int from = 0;
    for (MatchResult mark : marks.results().toList()) {
      if (mark.start() > from) {
        parts.add(quoted(text.substring(from, mark.start())));
      }
      parts.add(SymbolicInjection.CEL.getOrDefault(mark.group(), container));
      from = mark.end();
    }
    if (from < text.length() || parts.isEmpty()) {
      parts.add(quoted(text.substring(from)));
    }
    String joined = String.join(" + ", parts);
    if (joined.contains("⟨") || joined.contains("mark-")) {
      throw new IllegalStateException("a mark is left: " + joined);
    }
    return joined;
  }

  private Set<SymbolicInjection.Feature> of(String at) {
    return features.getOrDefault(at, Set.of());
  }

  /** Elements of one condition together; lists are joined by CEL, or left out by Helm. */
  private String list(String at, ArrayNode list, String indent) {
    StringBuilder text = new StringBuilder();
    String deeper = indent + "  ";
    for (int i = 0; i < list.size(); ) {
      Set<SymbolicInjection.Feature> needed = of(at + "/" + i);
      List<String> group = new ArrayList<>();
      for (; i < list.size() && of(at + "/" + i).equals(needed); i++) {
        group.add("dyn(" + of(at + "/" + i, list.get(i), deeper) + ")");
      }
      String elements =
          String.join("", group).length() < 80
              ? "[" + String.join(", ", group) + "]"
              : "[\n" + deeper + String.join(",\n" + deeper, group) + "\n" + indent + "]";
      if (text.isEmpty() && !needed.isEmpty()) {
        throw new IllegalStateException("a list begins with what may be absent: " + at);
      }
      text.append(text.isEmpty() ? elements : guarded(needed, elements, indent));
    }
    return text.isEmpty() ? "[]" : text.toString();
  }

  /** To be added to what stands before, where what it needs is there. */
  static String guarded(Set<SymbolicInjection.Feature> needed, String list, String indent) {
    String cel = celCondition(needed);
    String added =
        "\n" + indent + "+ " + (cel.isEmpty() ? list : "(" + cel + " ? " + list + " : [])");
    String helm = helmCondition(needed);
    return helm.isEmpty()
        ? added
        : "\n" + indent + "{{- if " + helm + " }}" + added + "\n" + indent + "{{- end }}";
  }

  private static String celCondition(Set<SymbolicInjection.Feature> needed) {
    return needed.stream()
        .map(f -> f.cel)
        .filter(c -> !c.isEmpty())
        .collect(Collectors.joining(" && "));
  }

  private static String helmCondition(Set<SymbolicInjection.Feature> needed) {
    List<String> helm = needed.stream().map(f -> f.helm).filter(c -> !c.isEmpty()).toList();
    return helm.size() < 2
        ? String.join("", helm)
        : "and " + helm.stream().map(c -> "(" + c + ")").collect(Collectors.joining(" "));
  }

  private String object(String at, ObjectNode object, String indent) {
    String deeper = indent + "  ";
    Map<String, Set<SymbolicInjection.Feature>> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      String to = at + "/" + PodPatch.escaped(entry.getKey());
      Set<SymbolicInjection.Feature> needed = of(to);
      String cel = celCondition(needed);
      String value = "dyn(" + of(to, entry.getValue(), deeper) + ")";
      String key = quoted(entry.getKey());
      entries.put(
          cel.isEmpty()
              ? key + ": " + value
              : "?" + key + ": " + cel + " ? optional.of(" + value + ") : optional.none()",
          needed);
    }
    String others = otherResources(at, object);
    boolean plain = entries.values().stream().allMatch(Set::isEmpty);
    String line = String.join(", ", entries.keySet());
    if (plain && line.length() < 110 && !line.contains("\n")) {
      return "{" + line + others + "}";
    }
    StringBuilder text = new StringBuilder("{");
    entries.forEach(
        (entry, needed) -> {
          String helm = helmCondition(needed);
          String before = text.length() == 1 ? "\n" + deeper : ",\n" + deeper;
          if (helm.isEmpty()) {
            text.append(before).append(entry);
          } else if (text.length() == 1) {
            throw new IllegalStateException("an object begins with what may be absent: " + at);
          } else {
            text.append("\n").append(deeper).append("{{- if ").append(helm).append(" }}");
            text.append(before).append(entry).append("\n").append(deeper).append("{{- end }}");
          }
        });
    return text.append(others).append("\n").append(indent).append("}").toString();
  }

  /**
   * The injector has no option for them; the chart, which may write them here, refuses them there.
   */
  private static String otherResources(String at, ObjectNode object) {
    if (!at.contains("/resources/")) {
      return "";
    }
    String which = at.substring(at.lastIndexOf('/') + 1);
    return "{{ range $name, $amount := omit .Values.sidecar.resources."
        + which
        + object.propertyStream().map(e -> " " + quoted(e.getKey())).collect(Collectors.joining())
        + " }}, {{ $name | quote }}: dyn({{ $amount | quote }}){{ end }}";
  }
}
