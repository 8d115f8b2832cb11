package dev.spanthrift.kubernetes.injection;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Whether a pod wants a sidecar, and whether it can have one. */
final class Eligibility {
  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final String SOURCE = "kubernetes.io/config.source";

  private Eligibility() {}

  /** Labels of pod and namespace; the pod's word counts, unless the namespace is closed. */
  static void requireConsent(SidecarDefaults defaults, JsonNode metadata, PodNamespace namespace) {
    requireOpen(defaults, namespace);
    Map<String, String> labels = Json.texts(metadata.path("labels"));
    String space = among(namespace.labels(), Names.NAMESPACE_LABEL, "enabled", "disabled");
    requireNoRefusal(metadata);
    if ("disabled".equals(space)) {
      throw new SkipException(
          SkipReason.OPTED_OUT, "namespace " + namespace.name() + " is disabled");
    }
    if (!"true".equals(labels.get(Names.POD_LABEL)) && space == null) {
      throw new SkipException(
          SkipReason.NOT_ENABLED, "namespace " + namespace.name() + " is not enabled");
    }
    // The namespace's alone: selectors of webhooks and policies decide by it which one is asked.
    String asked = namespace.labels().get(Names.REVISION_LABEL);
    if (Names.DEFAULT_REVISION.equals(asked)) {
      throw PodOptions.invalid(
          Names.REVISION_LABEL,
          Names.DEFAULT_REVISION,
          "leave the label away, nobody is asked for it");
    }
    asked = asked == null ? Names.DEFAULT_REVISION : asked;
    if (!asked.equals(defaults.revision())) {
      throw new SkipException(
          SkipReason.OTHER_REVISION, asked + " is asked for, this is " + defaults.revision());
    }
  }

  /** The cluster's own namespaces, and ours, whoever asks: what starts there may be needed here. */
  static void requireOpen(SidecarDefaults defaults, PodNamespace namespace) {
    if (Names.SYSTEM_NAMESPACES.contains(namespace.name())
        || namespace.name().equals(defaults.ownNamespace())) {
      throw new SkipException(SkipReason.SYSTEM_NAMESPACE, "namespace " + namespace.name());
    }
  }

  static void requireNoRefusal(JsonNode metadata) {
    Map<String, String> labels = Json.texts(metadata.path("labels"));
    if ("false".equals(among(labels, Names.POD_LABEL, "true", "false"))) {
      throw new SkipException(SkipReason.OPTED_OUT, "the pod's label says false");
    }
  }

  private static @Nullable String among(
      Map<String, String> labels, String key, String yes, String no) {
    String value = labels.get(key);
    if (value != null && !value.equals(yes) && !value.equals(no)) {
      throw PodOptions.invalid(key, value, "write " + yes + " or " + no);
    }
    return value;
  }

  /** What no option changes. */
  static void requirePossible(SidecarDefaults defaults, JsonNode pod) {
    JsonNode spec = pod.path("spec");
    requireNew(spec);
    if (spec.path("hostNetwork").asBoolean(false)) {
      throw new SkipException(SkipReason.HOST_NETWORK, "hostNetwork is true");
    }
    Map<String, String> annotations = Json.texts(pod.path("metadata").path("annotations"));
    String source = annotations.getOrDefault(SOURCE, "api");
    if (annotations.containsKey(MIRROR) || !source.equals("api")) {
      throw new SkipException(SkipReason.STATIC_POD, "it comes from the kubelet's " + source);
    }
    Map<String, String> node = Json.texts(spec.path("nodeSelector"));
    if (spec.path("os").path("name").asString("").equals("windows")
        || "windows".equals(node.get("kubernetes.io/os"))) {
      throw new SkipException(SkipReason.WINDOWS, "the image is for Linux");
    }
    if ("virtual-kubelet".equals(node.get("type"))) {
      throw new SkipException(SkipReason.VIRTUAL_NODE, "its node selector says so");
    }
    if (!defaults.nativeSidecars()) {
      throw new SkipException(SkipReason.NO_NATIVE_SIDECARS, "use the gateway there");
    }
    requireFreePorts(spec);
    requireFreeNames(spec);
  }

  private static void requireNew(JsonNode spec) {
    for (String list : new String[] {"initContainers", "containers"}) {
      for (JsonNode container : spec.path(list)) {
        if (Json.name(container).equals(Names.CONTAINER)) {
          throw new SkipException(SkipReason.ALREADY_INJECTED, "it is among its " + list);
        }
      }
    }
  }

  private static void requireFreePorts(JsonNode spec) {
    Set<Integer> ours = Set.of(Names.GRPC_PORT, Names.HTTP_PORT, Names.ADMIN_PORT);
    for (String list : new String[] {"initContainers", "containers"}) {
      for (JsonNode container : spec.path(list)) {
        for (JsonNode port : container.path("ports")) {
          int number = port.path("containerPort").asInt(0);
          if (ours.contains(number)) {
            throw new SkipException(
                SkipReason.PORT_TAKEN, "container " + Json.name(container) + " has " + number);
          }
        }
      }
    }
  }

  private static void requireFreeNames(JsonNode spec) {
    Set<String> taken = new TreeSet<>();
    for (JsonNode volume : spec.path("volumes")) {
      taken.add(Json.name(volume));
    }
    taken.retainAll(Names.VOLUMES);
    if (!taken.isEmpty()) {
      throw new SkipException(SkipReason.NAME_TAKEN, "volumes " + Objects.toString(taken));
    }
  }
}
