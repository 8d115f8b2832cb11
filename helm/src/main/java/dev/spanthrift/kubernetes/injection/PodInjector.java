package dev.spanthrift.kubernetes.injection;

import dev.spanthrift.kubernetes.injection.Injection.Injected;
import dev.spanthrift.kubernetes.injection.Injection.Skipped;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pod in, patch out. It asks nobody and remembers nothing, and {@code inject(inject(pod))} is
 * {@code inject(pod)}.
 */
public final class PodInjector {
  private static final String INIT = "/spec/initContainers";
  private static final String CONTAINERS = "/spec/containers";
  private static final String ANNOTATIONS = "/metadata/annotations";

  /** What kubectl logs and exec mean without a container's name. */
  static final List<String> KUBECTL =
      List.of(
          "kubectl.kubernetes.io/default-container",
          "kubectl.kubernetes.io/default-logs-container");

  /** An emptyDir keeps the cluster's autoscaler from emptying a node, unless it is named here. */
  static final String EVICTION = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";

  private final SidecarDefaults defaults;

  public PodInjector(SidecarDefaults defaults) {
    this.defaults = defaults;
  }

  public SidecarDefaults defaults() {
    return defaults;
  }

  /** A pod as the API server sends it: labels decide whether it wants a sidecar. */
  public Injection inject(JsonNode pod, PodNamespace namespace) {
    return guarded(
        pod,
        namespace,
        (object, metadata) -> {
          Eligibility.requireConsent(defaults, metadata, namespace);
          return injected(object, namespace, PodOwner.of(metadata));
        });
  }

  /** A pod, or the template of a workload, whose owner asked for a sidecar by hand. */
  public Injection injectAsked(JsonNode pod, PodNamespace namespace, @Nullable PodOwner owner) {
    return guarded(
        pod,
        namespace,
        (object, metadata) -> {
          Eligibility.requireOpen(defaults, namespace);
          Eligibility.requireNoRefusal(metadata);
          return injected(object, namespace, owner == null ? PodOwner.of(metadata) : owner);
        });
  }

  /** One way through. */
  private interface Way {
    Injection go(ObjectNode pod, JsonNode metadata);
  }

  private static Injection guarded(JsonNode pod, PodNamespace namespace, Way way) {
    if (!(pod instanceof ObjectNode object) || !(pod.at(CONTAINERS).isArray())) {
      return new Skipped(
          SkipReason.UNREADABLE, "namespace " + namespace.name() + ": no containers");
    }
    try {
      return way.go(object, pod.path("metadata"));
    } catch (SkipException skip) {
      return new Skipped(skip.reason, skip.words());
    }
  }

  private Injection injected(ObjectNode pod, PodNamespace namespace, PodOwner owner) {
    Eligibility.requirePossible(defaults, pod);
    Map<String, String> annotations = Json.texts(pod.path("metadata").path("annotations"));
    PodOptions options = PodOptions.of(defaults, namespace.annotations(), annotations);
    PodPatch patch = new PodPatch(pod);
    List<String> warnings = new ArrayList<>();
    List<String> targets = targets(pod, options);
    Takeover takeover = new Takeover();
    for (String list : List.of(INIT, CONTAINERS)) {
      JsonNode containers = pod.at(list);
      for (int i = 0; i < containers.size(); i++) {
        if (targets.contains(Json.name(containers.get(i)))) {
          equip(
              patch,
              list + "/" + i + "/env",
              containers.get(i),
              options,
              takeover,
              owner,
              namespace,
              warnings);
        }
      }
    }
    addSidecar(patch, options, upstream(options, takeover), warnings);
    annotate(patch, targets, takeover);
    if (options.policy() != null && defaults.controller() == null) {
      warnings.add(PodOption.POLICY.key() + " means nothing here: there is no controller");
    }
    return new Injected(patch.operations(), patch.pod(), warnings);
  }

  private static List<String> targets(JsonNode pod, PodOptions options) {
    Set<String> applications = new LinkedHashSet<>();
    Set<String> all = new LinkedHashSet<>();
    for (JsonNode container : pod.at(CONTAINERS)) {
      all.add(Json.name(container));
      if (Names.isApplication(Json.name(container))) {
        applications.add(Json.name(container));
      }
    }
    if (options.containers().isEmpty()) {
      if (applications.isEmpty()) {
        throw new SkipException(SkipReason.NO_CONTAINER, "there are only sidecars: " + all);
      }
      return List.copyOf(applications);
    }
    for (JsonNode container : pod.at(INIT)) {
      all.add(Json.name(container));
    }
    for (String name : options.containers()) {
      if (!all.contains(name)) {
        throw PodOptions.invalid(PodOption.CONTAINERS.key(), name, "there are " + all);
      }
    }
    return options.containers();
  }

  private static void equip(
      PodPatch patch,
      String envPath,
      JsonNode container,
      PodOptions options,
      Takeover takeover,
      PodOwner owner,
      PodNamespace namespace,
      List<String> warnings) {
    boolean taken = options.takeover() && Takeover.concerns(container);
    if (taken) {
      takeover.take(patch, envPath, container);
    }
    ApplicationEnvironment environment =
        ApplicationEnvironment.of(container, owner, namespace.name(), taken);
    environment.added().forEach(entry -> patch.append(envPath, entry));
    warnings.addAll(environment.warnings());
  }

  private static Upstream upstream(PodOptions options, Takeover takeover) {
    Upstream taken = takeover.upstream();
    if (taken != null) {
      return taken;
    }
    if (options.upstream() == null && options.config() == null) {
      throw new SkipException(
          SkipReason.NO_UPSTREAM,
          "set "
              + PodOption.UPSTREAM.key()
              + " on the pod or its namespace, or the injector's --upstream");
    }
    return Upstream.of(options);
  }

  private void addSidecar(
      PodPatch patch, PodOptions options, Upstream upstream, List<String> warnings) {
    SidecarContainer sidecar = new SidecarContainer(defaults, options, upstream);
    if (isGuaranteed(patch.pod())) {
      warnings.add(
          "the pod leaves the QoS class Guaranteed: the sidecar has no CPU limit, so that it starts"
              + " fast");
    }
    patch.insert(INIT, positionIn(patch.pod().at(INIT)), sidecar.container());
    sidecar.volumes().forEach(volume -> patch.append("/spec/volumes", volume));
  }

  /** After the meshes' containers, so that there is a network; before all others. */
  static int positionIn(JsonNode initContainers) {
    int position = 0;
    for (int i = 0; i < initContainers.size(); i++) {
      if (Names.MESH_CONTAINERS.contains(Json.name(initContainers.get(i)))) {
        position = i + 1;
      }
    }
    return position;
  }

  /** As the kubelet sees it: every container has limits, and requests that do not differ. */
  private static boolean isGuaranteed(JsonNode pod) {
    List<ObjectNode> containers = new ArrayList<>(Json.objects(pod.at(CONTAINERS)));
    containers.addAll(Json.objects(pod.at(INIT)));
    for (ObjectNode container : containers) {
      JsonNode limits = container.path("resources").path("limits");
      JsonNode requests = container.path("resources").path("requests");
      for (String resource : List.of("cpu", "memory")) {
        if (!limits.has(resource)
            || requests.has(resource) && !requests.path(resource).equals(limits.path(resource))) {
          return false;
        }
      }
    }
    return true;
  }

  private void annotate(PodPatch patch, List<String> targets, Takeover takeover) {
    Map<String, String> present = Json.texts(patch.pod().path("metadata").path("annotations"));
    // kubectl logs and exec mean the application, as they did before.
    for (String key : KUBECTL) {
      if (!present.containsKey(key)) {
        text(patch, ANNOTATIONS, key, firstOf(patch.pod(), targets));
      }
    }
    text(patch, ANNOTATIONS, EVICTION, evictable(present.get(EVICTION)));
    text(patch, ANNOTATIONS, Names.STATUS_ANNOTATION, defaults.revision());
    if (!takeover.taken().isEmpty()) {
      text(patch, ANNOTATIONS, Names.TAKEN_OVER_ANNOTATION, takeover.taken().toString());
    }
    text(patch, "/metadata/labels", Names.INJECTED_LABEL, "true");
  }

  private static String firstOf(JsonNode pod, List<String> targets) {
    for (JsonNode container : pod.at(CONTAINERS)) {
      if (targets.contains(Json.name(container))) {
        return Json.name(container);
      }
    }
    return Json.name(pod.at(CONTAINERS).path(0));
  }

  private static String evictable(@Nullable String present) {
    Set<String> volumes = new LinkedHashSet<>();
    if (present != null && !present.isBlank()) {
      volumes.addAll(List.of(present.split(",", -1)));
    }
    volumes.add(Names.STATE_VOLUME);
    volumes.add(Names.TMP_VOLUME);
    return String.join(",", volumes);
  }

  private static void text(PodPatch patch, String object, String key, String value) {
    patch.put(object, key, JsonNodeFactory.instance.stringNode(value));
  }
}
