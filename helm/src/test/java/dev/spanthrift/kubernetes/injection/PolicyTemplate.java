package dev.spanthrift.kubernetes.injection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parts of the chart's admission policy that are made from the injector: its names, its options
 * and its patch. What is written by hand stands in {@code policy.yaml}, as conditions and variables
 * that these parts refer to.
 */
final class PolicyTemplate {
  private static final String ENV = "/spec/containers/0/env/-";
  private static final String POSITION = "/spec/initContainers/1";

  private final SymbolicInjection symbolic = new SymbolicInjection();
  private final Map<String, Set<SymbolicInjection.Feature>> features = symbolic.features();
  private final Map<Integer, List<String>> omissions = symbolic.omissions();
  private final CelText ofTarget =
      new CelText(features, symbolic.underGrpc(), "object.spec.containers[i].name");
  private final CelText ofPod =
      new CelText(features, Map.of(), "object.spec.containers[variables.targets[0]].name");

  /** The file, whole. */
  String text() {
    StringBuilder text =
        new StringBuilder(
            """
            {{/*
            Made from the injector's Java by PolicyTemplate (mvn test -pl helm -Dhelm.update=true): not to be edited.
            */}}
            """);
    define(text, "container", CelText.quoted(Names.CONTAINER));
    define(text, "meshes", CelText.texts(new TreeSet<>(Names.MESH_CONTAINERS)));
    define(text, "sidecars", CelText.texts(new TreeSet<>(Names.KNOWN_SIDECARS)));
    define(text, "volumes", CelText.texts(new TreeSet<>(Names.VOLUMES)));
    define(text, "ports", List.of(Names.GRPC_PORT, Names.HTTP_PORT, Names.ADMIN_PORT).toString());
    define(text, "closedNamespaces", yaml(new TreeSet<>(Names.SYSTEM_NAMESPACES)));
    define(text, "leastMemory", CelText.quoted(SidecarResources.MEMORY_LEAST_MEBIBYTES + "Mi"));
    define(text, "ownerAttributes", attributes());
    define(text, "evictable", CelText.texts(evictable()));
    define(text, "options", options());
    define(text, "patch", patch());
    return text.toString();
  }

  private static void define(StringBuilder text, String name, String body) {
    text.append("{{- define \"spanthrift.injected.")
        .append(name)
        .append("\" -}}\n")
        .append(body)
        .append("\n{{- end }}\n");
  }

  private static String yaml(Collection<String> texts) {
    return texts.stream().map(t -> "- " + t).collect(Collectors.joining("\n"));
  }

  private static String attributes() {
    return new TreeMap<>(PodOwner.ATTRIBUTES)
        .entrySet().stream()
            .map(e -> CelText.quoted(e.getKey()) + ": " + CelText.quoted(e.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
  }

  /** Volumes that the injector names for the cluster's autoscaler. */
  private List<String> evictable() {
    for (ObjectNode step : symbolic.steps()) {
      String value = step.path("value").asString("");
      if (value.startsWith(SymbolicInjection.EVICTABLE + ",")) {
        return List.of(value.substring(value.indexOf(',') + 1).split(",", -1));
      }
    }
    throw new IllegalStateException("no step says what may be evicted");
  }

  private static String options() {
    List<String> variables = new ArrayList<>();
    for (PodOption option : PodOption.values()) {
      String otherwise = byDefault(option);
      if (otherwise != null) {
        String key = "[?" + CelText.quoted(option.key()) + "]";
        variables.add(
            "- name: "
                + variable(option)
                + "\n  expression: >-\n    variables.annotations"
                + key
                + ".orValue(variables.namespaceAnnotations"
                + key
                + ".orValue("
                + otherwise
                + ")).trim()");
      }
    }
    return String.join("\n", variables);
  }

  /** Such as {@code upstreamProtocol}. */
  private static String variable(PodOption option) {
    StringBuilder name = new StringBuilder();
    for (String word : option.name().toLowerCase(Locale.ROOT).split("_", -1)) {
      name.append(
          name.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return name.toString();
  }

  /** Without the annotation; null for what the policy does not know. */
  private static @Nullable String byDefault(PodOption option) {
    return switch (option) {
      case MODE -> "{{ ternary \"enforce\" \"shadow\" .Values.injection.enforce | quote }}";
      case UPSTREAM -> "{{ .Values.destination.endpoint | quote }}";
      case UPSTREAM_PROTOCOL -> "{{ .Values.destination.protocol | quote }}";
      case UPSTREAM_HEADERS_SECRET, CONFIG, POLICY, OPERATOR_TOKEN_SECRET -> "\"\"";
      case CPU_REQUEST -> "{{ .Values.sidecar.resources.requests.cpu | quote }}";
      case MEMORY_REQUEST -> "\"\""; // depends on the limit: policy.yaml
      case MEMORY_LIMIT -> "{{ .Values.sidecar.resources.limits.memory | quote }}";
      case HOLD_APPLICATION -> "\"false\"";
      case CONTAINERS, ENDPOINT_TAKEOVER -> null; // the pod's containers would be chosen, and read
    };
  }

  private String patch() {
    StringBuilder text = new StringBuilder();
    Set<String> made = new LinkedHashSet<>();
    List<ObjectNode> steps = symbolic.steps();
    for (int i = 0; i < steps.size(); i++) {
      String path = steps.get(i).path("path").asString();
      String parent = path.substring(0, path.lastIndexOf('/'));
      if (made.add(parent)) {
        text.append(text.isEmpty() ? "" : "\n\n+ ").append(parent(parent));
      }
      text.append("\n");
      text.append(
          path.equals(ENV) ? ofApplications(i, steps.get(i)) : ofPod(i, steps.get(i), path));
    }
    return text.toString();
  }

  /** Lists and maps that have to be there before something is added to them. */
  private static String parent(String path) {
    String empty = path.startsWith("/spec") ? "[]" : "{}";
    if (ENV.startsWith(path + "/")) {
      return "variables.targets.filter(i, !has(object.spec.containers[i].env)).map(i, JSONPatch{op:"
          + " \"add\", path: \"/spec/containers/\" + string(i) + \"/env\", value: []})";
    }
    return "(has(object"
        + path.replace('/', '.')
        + ") ? [] : [JSONPatch{op: \"add\", path: "
        + CelText.quoted(path)
        + ", value: "
        + empty
        + "}])";
  }

  private String ofApplications(int step, ObjectNode operation) {
    List<String> unless = omissions.getOrDefault(step, List.of());
    String filter = unless.isEmpty() ? "" : ".filter(i, !(" + String.join(" || ", unless) + "))";
    return "\n+ variables.targets"
        + filter
        + ".map(i, JSONPatch{op: \"add\", path: \"/spec/containers/\" + string(i) + \"/env/-\","
        + "\n  value: "
        + ofTarget.of("/" + step + "/value", operation.path("value"), "  ")
        + "})";
  }

  private String ofPod(int step, ObjectNode operation, String path) {
    String to =
        path.equals(POSITION)
            ? "\"/spec/initContainers/\" + string(variables.position)"
            : CelText.quoted(path);
    JsonNode value = operation.path("value");
    String cel =
        value.asString("").startsWith(SymbolicInjection.EVICTABLE)
            ? "variables.evictable"
            : ofPod.of("/" + step + "/value", value, "");
    // Adding what is there replaces it.
    String list = "[JSONPatch{op: \"add\", path: " + to + ", value: " + cel + "}]";
    List<String> unless = omissions.getOrDefault(step, List.of());
    if (!unless.isEmpty()) {
      list = "(" + String.join(" || ", unless) + " ? [] : " + list + ")";
    }
    return CelText.guarded(features.getOrDefault("/" + step, Set.of()), list, "");
  }
}
