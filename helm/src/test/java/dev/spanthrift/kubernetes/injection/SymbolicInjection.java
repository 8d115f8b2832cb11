package dev.spanthrift.kubernetes.injection;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The injector run on a pod whose every value is a mark, again and again with one thing changed:
 * what disappears then depends on it. So the admission policy's patch is the injector's own, and
 * its conditions are found, not written down a second time.
 */
final class SymbolicInjection {
  static final String CONTAINER = "⟨container⟩";
  static final String EVICTABLE = "⟨evictable⟩";
  private static final String OWNER = "⟨owner⟩";
  private static final String NAMESPACE = "⟨namespace⟩";
  private static final int USER = 7_654_321;
  private static final String PROTOCOL_OF_PODS = "variables.protocols[i]";

  /** What an installation or an annotation switches on; all are on but in the run that asks. */
  enum Feature {
    CONTROLLER("include \"spanthrift.controller.url\" .", ""),
    CONTROLLER_CA("include \"spanthrift.controller.ca\" .", ""),
    FLEET(".Values.fleet.url", ""),
    USER_ID(".Values.securityContext.runAsUser", ""),
    UPSTREAM("", "variables.upstream != \"\""),
    HEADERS("", "variables.upstreamHeadersSecret != \"\""),
    TOKEN("", "variables.operatorTokenSecret != \"\""),
    CONFIG("", "variables.config != \"\""),
    POLICY("", "variables.policy != \"\""),
    HOLD("", "variables.holdApplication == \"true\"");

    /** Helm's condition, or empty. */
    final String helm;

    /** CEL's condition, or empty. */
    final String cel;

    Feature(String helm, String cel) {
      this.helm = helm;
      this.cel = cel;
    }
  }

  /**
   * A pod in which something is as it is not in the first one, and how CEL says that it is so.
   *
   * @param variable that it sets; a step that its mere presence omits needs no word of this
   */
  private record Case(String variable, String cel, Consumer<ObjectNode> change) {}

  /** Marks in texts, and the CEL that stands for them. */
  static final SequencedMap<String, String> CEL = new LinkedHashMap<>();

  /** Marks that are whole values, and the CEL or Helm template that stands for them. */
  static final Map<String, String> VALUES = new LinkedHashMap<>();

  static {
    CEL.put(",k8s.statefulset.name=" + OWNER, "variables.ownerAttribute");
    CEL.put(NAMESPACE, "request.namespace");
    VALUES.put(OWNER, "variables.ownerName");
    VALUES.put("⟨image⟩", "{{ include \"spanthrift.image\" . | quote }}");
    VALUES.put("⟨pull⟩", "{{ .Values.image.pullPolicy | quote }}");
    VALUES.put("⟨controller⟩", "{{ include \"spanthrift.controller.url\" . | quote }}");
    VALUES.put("⟨ca⟩", "{{ include \"spanthrift.controller.ca\" . | quote }}");
    VALUES.put("⟨fleet⟩", "{{ .Values.fleet.url | quote }}");
    VALUES.put(
        "⟨revision⟩",
        "{{ default \"" + Names.DEFAULT_REVISION + "\" .Values.injection.revision | quote }}");
    VALUES.put(String.valueOf(USER), "{{ int .Values.securityContext.runAsUser }}");
    VALUES.put("⟨mode⟩", "variables.mode");
    VALUES.put("⟨upstream⟩", "variables.upstream");
    VALUES.put("⟨protocol⟩", "variables.upstreamProtocol");
    VALUES.put("mark-headers", "variables.upstreamHeadersSecret");
    VALUES.put("mark-token", "variables.operatorTokenSecret");
    VALUES.put("mark-config", "variables.config");
    VALUES.put("mark-policy", "variables.policy");
    VALUES.put("7m", "variables.cpuRequest");
    VALUES.put("1300Mi", "variables.memoryRequested");
    VALUES.put("1.5Gi", "variables.memoryLimit");
    VALUES.put("1536Mi", "string(variables.mebibytes) + \"Mi\"");
  }

  private final ArrayNode all = run(EnumSet.allOf(Feature.class), pod());

  /** Steps of the patch, in the injector's order. */
  List<ObjectNode> steps() {
    return Json.objects(all);
  }

  /** What each part of the patch depends on, by its JSON pointer from the patch's beginning. */
  Map<String, Set<Feature>> features() {
    Map<String, Set<Feature>> features = new LinkedHashMap<>();
    for (Feature feature : Feature.values()) {
      ArrayNode without = run(EnumSet.complementOf(EnumSet.of(feature)), pod());
      for (String gone : Difference.between(all, without).unchanged().gone()) {
        features.computeIfAbsent(gone, at -> EnumSet.noneOf(Feature.class)).add(feature);
      }
    }
    return features;
  }

  /** CEL's conditions under which a step is left out, by the step's place. */
  Map<Integer, List<String>> omissions() {
    Map<Integer, Set<String>> there = new LinkedHashMap<>();
    Map<Integer, Set<String>> elsewhere = new LinkedHashMap<>();
    Map<Integer, List<String>> others = new LinkedHashMap<>();
    for (String name : variables()) {
      gone(pod -> set(pod, Json.variable(name, valueOf(name))), true)
          .forEach(step -> there.computeIfAbsent(step, s -> new LinkedHashSet<>()).add(name));
      gone(pod -> set(pod, Json.fieldVariable(name, "x")), true)
          .forEach(step -> elsewhere.computeIfAbsent(step, s -> new LinkedHashSet<>()).add(name));
    }
    for (Case one : cases()) {
      for (int step : gone(one.change(), false)) {
        if (!there.getOrDefault(step, Set.of()).contains(one.variable())) {
          others.computeIfAbsent(step, s -> new ArrayList<>()).add(one.cel());
        }
      }
    }
    Map<Integer, List<String>> omissions = new LinkedHashMap<>();
    for (int step = 0; step < all.size(); step++) {
      List<String> conditions = new ArrayList<>();
      Set<String> names = there.getOrDefault(step, Set.of());
      Set<String> references = new LinkedHashSet<>(elsewhere.getOrDefault(step, Set.of()));
      if (!references.containsAll(names)) {
        throw new IllegalStateException(names + " count as literals alone: " + all.get(step));
      }
      references.removeAll(names);
      if (names.size() == 1) {
        conditions.add(CelText.quoted(names.iterator().next()) + " in variables.names[i]");
      } else if (!names.isEmpty()) {
        conditions.add(CelText.texts(names) + ".exists(n, n in variables.names[i])");
      }
      references.forEach(n -> conditions.add("\"" + n + "\" in variables.references[i]"));
      conditions.addAll(others.getOrDefault(step, List.of()));
      omissions.put(step, conditions);
    }
    return omissions;
  }

  /** Values that are others where the container speaks gRPC, by their JSON pointer. */
  Map<String, JsonNode> underGrpc() {
    ArrayNode grpc =
        run(
            EnumSet.allOf(Feature.class),
            changed(
                pod -> {
                  set(pod, Json.variable(Otel.PROTOCOL, Otel.GRPC));
                  for (String signal : Otel.SIGNALS) {
                    set(pod, Json.variable(Otel.ofSignal(signal, "PROTOCOL"), Otel.HTTP));
                  }
                }));
    return Difference.between(all, grpc).changed();
  }

  static String isGrpc() {
    return PROTOCOL_OF_PODS + " == \"" + Otel.GRPC + "\"";
  }

  /** Names that the injector adds or asks for. */
  private Set<String> variables() {
    Set<String> names = new TreeSet<>();
    for (ObjectNode step : steps()) {
      if (step.path("path").asString().startsWith("/spec/containers/")) {
        names.add(Json.name(step.path("value")));
      }
    }
    return names;
  }

  /** In its own way of writing, so that nothing but its being there counts. */
  private static String valueOf(String name) {
    return name.equals(Otel.PROTOCOL) ? Otel.HTTP : "x";
  }

  private static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String signal : Otel.SIGNALS) {
      String protocol = Otel.ofSignal(signal, "PROTOCOL");
      cases.add(
          new Case(
              protocol,
              "!variables.environments[i].exists(e, e.name == \""
                  + protocol
                  + "\" && !has(e.valueFrom) && (e.?value.orValue(\"\") == \""
                  + Otel.GRPC
                  + "\") != ("
                  + isGrpc()
                  + "))",
              pod -> set(pod, Json.variable(protocol, Otel.HTTP))));
    }
    cases.add(
        new Case(
            Otel.RESOURCE_ATTRIBUTES,
            "variables.namesItsService[i]",
            pod -> set(pod, Json.variable(Otel.RESOURCE_ATTRIBUTES, "a=b, service.name=x"))));
    cases.add(
        new Case(
            "",
            "variables.ownerName == \"\"",
            pod -> ((ObjectNode) pod.get("metadata")).remove("ownerReferences")));
    for (String key : PodInjector.KUBECTL) {
      cases.add(
          new Case(
              "",
              "\"" + key + "\" in variables.annotations",
              pod -> pod.withObject("/metadata/annotations").put(key, "x")));
    }
    return cases;
  }

  private Set<Integer> gone(Consumer<ObjectNode> change, boolean alone) {
    ArrayNode other = run(EnumSet.allOf(Feature.class), changed(change));
    Difference difference = Difference.between(all, other);
    Set<Integer> steps = new TreeSet<>();
    for (String at : (alone ? difference.unchanged() : difference).gone()) {
      steps.add(Integer.parseInt(at.substring(1)));
    }
    return steps;
  }

  private static ObjectNode changed(Consumer<ObjectNode> change) {
    ObjectNode pod = pod();
    change.accept(pod);
    return pod;
  }

  /** A variable of the one container, in place of what bears its name. */
  private static void set(ObjectNode pod, ObjectNode variable) {
    ArrayNode env = (ArrayNode) pod.at("/spec/containers/0/env");
    for (int i = env.size() - 1; i >= 0; i--) {
      if (Json.name(env.get(i)).equals(Json.name(variable))) {
        env.remove(i);
      }
    }
    env.add(variable);
  }

  /** One to which all is added, and in which every list is there already. */
  private static ObjectNode pod() {
    ObjectNode pod = Json.object();
    ObjectNode metadata = pod.putObject("metadata");
    metadata.putObject("labels").put("app", "x");
    metadata.putObject("annotations").put(PodInjector.EVICTION, EVICTABLE);
    metadata
        .putArray("ownerReferences")
        .addObject()
        .put("controller", true)
        .put("kind", "StatefulSet")
        .put("name", OWNER);
    ObjectNode spec = pod.putObject("spec");
    ObjectNode container = spec.putArray("containers").addObject().put("name", CONTAINER);
    ArrayNode env = container.putArray("env");
    for (String signal : Otel.SIGNALS) {
      env.add(Json.variable(Otel.ofSignal(signal, "PROTOCOL"), Otel.GRPC));
    }
    ArrayNode init = spec.putArray("initContainers");
    init.addObject().put("name", "istio-init");
    init.addObject().put("name", "migrations");
    spec.putArray("volumes").addObject().put("name", "own");
    return pod;
  }

  private static ArrayNode run(Set<Feature> on, ObjectNode pod) {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotate(annotations, on, Feature.HEADERS, PodOption.UPSTREAM_HEADERS_SECRET, "mark-headers");
    annotate(annotations, on, Feature.TOKEN, PodOption.OPERATOR_TOKEN_SECRET, "mark-token");
    annotate(annotations, on, Feature.CONFIG, PodOption.CONFIG, "mark-config");
    annotate(annotations, on, Feature.POLICY, PodOption.POLICY, "mark-policy");
    annotate(annotations, on, Feature.HOLD, PodOption.HOLD_APPLICATION, "true");
    SidecarDefaults defaults =
        new SidecarDefaults(
            "⟨image⟩",
            "⟨pull⟩",
            on.contains(Feature.UPSTREAM) ? "⟨upstream⟩" : null,
            "⟨protocol⟩",
            "⟨mode⟩",
            on.contains(Feature.CONTROLLER) ? "⟨controller⟩" : null,
            on.contains(Feature.CONTROLLER_CA) ? "⟨ca⟩" : null,
            on.contains(Feature.FLEET) ? "⟨fleet⟩" : null,
            on.contains(Feature.USER_ID) ? USER : null,
            "⟨revision⟩",
            null,
            true,
            new SidecarResources("7m", "1300Mi", "1.5Gi"));
    Injection injection =
        new PodInjector(defaults)
            .injectAsked(pod, new PodNamespace(NAMESPACE, Map.of(), annotations), null);
    return switch (injection) {
      case Injection.Injected injected -> injected.patch();
      case Injection.Skipped skipped -> throw new IllegalStateException(skipped.words());
    };
  }

  private static void annotate(
      Map<String, String> annotations,
      Set<Feature> on,
      Feature feature,
      PodOption option,
      String value) {
    if (on.contains(feature)) {
      annotations.put(option.key(), value);
    }
  }

  /**
   * What one run lacks that the first one had.
   *
   * @param gone JSON pointers from the first run's patch
   * @param changed what stands there in the other run, by JSON pointer
   */
  private record Difference(List<String> gone, Map<String, JsonNode> changed) {
    static Difference between(ArrayNode all, ArrayNode other) {
      Difference difference = new Difference(new ArrayList<>(), new LinkedHashMap<>());
      difference.compare("", all, other);
      return difference;
    }

    /** What is there is as it was. */
    Difference unchanged() {
      if (!changed.isEmpty()) {
        throw new IllegalStateException("values depend on it too: " + changed);
      }
      return this;
    }

    private void compare(String at, JsonNode all, JsonNode other) {
      if (all instanceof ArrayNode list) {
        int next = 0;
        for (int i = 0; i < list.size(); i++) {
          if (next < other.size() && identity(list.get(i)).equals(identity(other.get(next)))) {
            compare(at + "/" + i, list.get(i), other.get(next++));
          } else {
            gone.add(at + "/" + i);
          }
        }
        if (next < other.size()) {
          throw new IllegalStateException(at + " has more: " + other.get(next));
        }
      } else if (all instanceof ObjectNode object) {
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
          String to = at + "/" + PodPatch.escaped(entry.getKey());
          if (other.has(entry.getKey())) {
            compare(to, entry.getValue(), other.get(entry.getKey()));
          } else {
            gone.add(to);
          }
        }
      } else if (!all.equals(other)) {
        changed.put(at, other);
      }
    }

    /** What makes an element the same one, whatever else of it differs. */
    private static String identity(JsonNode element) {
      if (!element.isObject()) {
        return element.toString();
      }
      if (element.has("op")) {
        JsonNode value = element.path("value");
        return element.path("path").asString() + " " + Json.name(value);
      }
      String name = Json.name(element) + element.path("path").asString("");
      return name.isEmpty()
          ? String.join(" ", element.propertyNames())
          : name + element.path("mountPath").asString("");
    }
  }
}
