package dev.spanthrift.kubernetes.injection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The same injection as a MutatingAdmissionPolicy, for clusters that want no webhook: the API
 * server computes it in CEL, and no certificate and no injector stand in the way of a pod.
 *
 * <p>Container, volumes and texts come from the same code as the webhook's; only conditions are
 * written a second time. Annotations do not count here, and nobody tells why a pod got no sidecar
 * but the auditor.
 */
public final class AdmissionPolicy {
  private static final String CONTAINERS = "object.spec.containers";
  private static final String INIT = "object.spec.initContainers";
  private static final String LABELS = "object.metadata.labels";
  private static final String ANNOTATIONS = "object.metadata.annotations";

  /** Containers that it looks at: the language has no loop that yields several operations each. */
  static final int CONTAINERS_MAX = 8;

  private final SidecarDefaults defaults;
  private final SidecarContainer sidecar;
  private final String name;

  /**
   * @param name of the policy, and the begin of its bindings' names
   */
  public AdmissionPolicy(SidecarDefaults defaults, String name) {
    this.defaults = defaults;
    this.name = name;
    PodOptions options = PodOptions.of(defaults, Map.of(), Map.of());
    if (options.upstream() == null) {
      throw new IllegalArgumentException("a policy needs an upstream: it reads no annotations");
    }
    sidecar = new SidecarContainer(defaults, options, Upstream.of(options));
  }

  /**
   * The policy and its two bindings, of which at most one concerns a pod: for namespaces that are
   * enabled, and for pods elsewhere that ask by themselves.
   *
   * @param version of the API: {@code v1} from 1.36 on, {@code v1beta1} in 1.34 and 1.35
   */
  public List<ObjectNode> objects(String version) {
    ObjectNode policy = object(version, "MutatingAdmissionPolicy", name);
    ObjectNode spec = policy.putObject("spec");
    spec.put("failurePolicy", "Ignore").put("reinvocationPolicy", "IfNeeded");
    ObjectNode constraints = spec.putObject("matchConstraints");
    ObjectNode rule = constraints.putArray("resourceRules").addObject();
    rule.putArray("apiGroups").add("");
    rule.putArray("apiVersions").add("v1");
    rule.putArray("operations").add("CREATE");
    rule.putArray("resources").add("pods");
    named(spec.putArray("matchConditions"), conditions());
    named(spec.putArray("variables"), variables());
    ArrayNode mutations = spec.putArray("mutations");
    for (String expression : mutations()) {
      ObjectNode mutation = mutations.addObject().put("patchType", "JSONPatch");
      mutation.putObject("jsonPatch").put("expression", expression);
    }
    ObjectNode byNamespace =
        binding(
            version,
            "namespace",
            expression(Names.NAMESPACE_LABEL, "In", "enabled"),
            expression(Names.POD_LABEL, "NotIn", "false"));
    ObjectNode byPod =
        binding(
            version,
            "pod",
            expression(Names.NAMESPACE_LABEL, "NotIn", "enabled", "disabled"),
            expression(Names.POD_LABEL, "In", "true"));
    return List.of(policy, byNamespace, byPod);
  }

  private static ObjectNode object(String version, String kind, String name) {
    ObjectNode object = Json.object();
    object.put("apiVersion", "admissionregistration.k8s.io/" + version).put("kind", kind);
    object.putObject("metadata").put("name", name);
    return object;
  }

  private static void named(ArrayNode list, Map<String, String> expressions) {
    expressions.forEach((key, text) -> list.addObject().put("name", key).put("expression", text));
  }

  private ObjectNode binding(
      String version, String suffix, ObjectNode namespaces, ObjectNode pods) {
    ObjectNode binding = object(version, "MutatingAdmissionPolicyBinding", name + "-" + suffix);
    ObjectNode spec = binding.putObject("spec").put("policyName", name);
    ObjectNode resources = spec.putObject("matchResources");
    ArrayNode selector = resources.putObject("namespaceSelector").putArray("matchExpressions");
    TreeSet<String> closed = new TreeSet<>(Names.SYSTEM_NAMESPACES);
    if (defaults.ownNamespace() != null) {
      closed.add(defaults.ownNamespace());
    }
    selector.add(expression("kubernetes.io/metadata.name", "NotIn", closed.toArray(String[]::new)));
    selector.add(namespaces);
    selector.add(
        defaults.revision().equals(Names.DEFAULT_REVISION)
            ? Json.object().put("key", Names.REVISION_LABEL).put("operator", "DoesNotExist")
            : expression(Names.REVISION_LABEL, "In", defaults.revision()));
    resources.putObject("objectSelector").putArray("matchExpressions").add(pods);
    return binding;
  }

  private static ObjectNode expression(String key, String operator, String... values) {
    ObjectNode expression = Json.object().put("key", key).put("operator", operator);
    expression.set("values", Json.texts(List.of(values)));
    return expression;
  }

  /** What {@link Eligibility} asks of the pod alone, in the same order. */
  private Map<String, String> conditions() {
    Map<String, String> all = new LinkedHashMap<>();
    String asked = Cel.entry(LABELS, Names.REVISION_LABEL);
    all.put("of-this-revision", asked + " in " + Cel.list(List.of("", defaults.revision())));
    all.put("not-yet-injected", noContainer("c.name == '" + Names.CONTAINER + "'"));
    all.put(
        "not-on-the-hosts-network", "!has(object.spec.hostNetwork) || !object.spec.hostNetwork");
    all.put(
        "not-static",
        Cel.entry(ANNOTATIONS, "kubernetes.io/config.mirror")
            + " == '' && "
            + Cel.entry(ANNOTATIONS, "kubernetes.io/config.source")
            + " in ['', 'api']");
    all.put(
        "not-for-windows",
        "(!has(object.spec.os) || object.spec.os.name != 'windows') && "
            + Cel.entry("object.spec.nodeSelector", "kubernetes.io/os")
            + " != 'windows'");
    all.put(
        "not-for-a-virtual-node",
        Cel.entry("object.spec.nodeSelector", "type") + " != 'virtual-kubelet'");
    all.put(
        "ports-are-free",
        noContainer(
            "has(c.ports) && c.ports.exists(p, p.containerPort in ["
                + Names.GRPC_PORT
                + ", "
                + Names.HTTP_PORT
                + ", "
                + Names.ADMIN_PORT
                + "])"));
    all.put(
        "names-are-free",
        "!has(object.spec.volumes) || !object.spec.volumes.exists(v, v.name in "
            + Cel.list(Names.VOLUMES)
            + ")");
    all.put("has-an-application", CONTAINERS + ".exists(c, !(c.name in " + sidecars() + "))");
    return all;
  }

  private static String noContainer(String condition) {
    return "!"
        + CONTAINERS
        + ".exists(c, "
        + condition
        + ") && (!has("
        + INIT
        + ") || !"
        + INIT
        + ".exists(c, "
        + condition
        + "))";
  }

  private static String sidecars() {
    List<String> names = new ArrayList<>(Names.MESH_CONTAINERS);
    names.addAll(Names.KNOWN_SIDECARS);
    return Cel.list(names);
  }

  /** What {@link PodOwner} and the sidecar's place are made from. */
  private static Map<String, String> variables() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(
        "position",
        "has("
            + INIT
            + ") ? "
            + INIT
            + ".map(c, c.name in "
            + Cel.list(Names.MESH_CONTAINERS)
            + ").lastIndexOf(true) + 1 : 0");
    all.put("applications", CONTAINERS + ".filter(c, !(c.name in " + sidecars() + "))");
    String owners = "object.metadata.ownerReferences";
    all.put(
        "owners",
        "has(" + owners + ") ? " + owners + ".filter(o, has(o.controller) && o.controller) : []");
    all.put("ownerName", "size(variables.owners) == 0 ? '' : variables.owners[0].name");
    all.put("ownerKind", "size(variables.owners) == 0 ? '' : variables.owners[0].kind");
    all.put("hash", Cel.entry(LABELS, "pod-template-hash"));
    all.put(
        "isDeployment",
        "variables.ownerKind == 'ReplicaSet' && variables.hash != '' &&"
            + " variables.ownerName.endsWith('-' + variables.hash)");
    all.put(
        "isCronJob",
        "variables.ownerKind == 'Job' && variables.ownerName.matches('^.+-[0-9]{8}$')");
    all.put(
        "podName",
        "has(object.metadata.name) && object.metadata.name != '' ? object.metadata.name :"
            + " has(object.metadata.generateName) ? (object.metadata.generateName.endsWith('-') ?"
            + " object.metadata.generateName.substring(0, size(object.metadata.generateName) - 1)"
            + " : object.metadata.generateName) : ''");
    all.put(
        "service",
        "variables.isDeployment ? variables.ownerName.substring(0, size(variables.ownerName) -"
            + " size(variables.hash) - 1) : variables.isCronJob ? variables.ownerName.substring(0,"
            + " size(variables.ownerName) - 9) : variables.ownerName != '' ? variables.ownerName :"
            + " variables.podName");
    all.put(
        "workload",
        "variables.isDeployment ? ',k8s.deployment.name=' + variables.service :"
            + " variables.isCronJob ? ',k8s.cronjob.name=' + variables.service :"
            + " variables.ownerKind in ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'] ? ',k8s.'"
            + " + variables.ownerKind.lowerAscii() + '.name=' + variables.service : ''");
    return all;
  }

  private List<String> mutations() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < CONTAINERS_MAX; i++) {
      all.add(EnvironmentExpression.of(i, sidecars()));
    }
    String container = Cel.message("Object.spec.initContainers", sidecar.container());
    all.add(
        Cel.when("!has(" + INIT + ")", "[" + Cel.add("'/spec/initContainers'", "[]") + "]")
            + " + ["
            + Cel.add("'/spec/initContainers/' + string(variables.position)", container)
            + "]");
    StringJoiner volumes =
        new StringJoiner(
            ", ",
            Cel.when("!has(object.spec.volumes)", "[" + Cel.add("'/spec/volumes'", "[]") + "]")
                + " + [",
            "]");
    for (ObjectNode volume : sidecar.volumes()) {
      volumes.add(Cel.add("'/spec/volumes/-'", Cel.message("Object.spec.volumes", volume)));
    }
    all.add(volumes.toString());
    all.add(metadata());
    return all;
  }

  private String metadata() {
    List<String> parts = new ArrayList<>();
    for (String map : List.of("annotations", "labels")) {
      parts.add(
          Cel.when(
              "!has(object.metadata." + map + ")",
              "[" + Cel.add("'/metadata/" + map + "'", "{}") + "]"));
    }
    for (String key : PodInjector.KUBECTL) {
      parts.add(
          Cel.when(
              Cel.entry(ANNOTATIONS, key) + " == ''",
              "[" + put("annotations", key, "variables.applications[0].name") + "]"));
    }
    String present = Cel.entry(ANNOTATIONS, PodInjector.EVICTION);
    String ours = Names.STATE_VOLUME + "," + Names.TMP_VOLUME;
    String evictable =
        present + " == '' ? " + Cel.text(ours) + " : " + present + " + " + Cel.text("," + ours);
    parts.add(
        "["
            + String.join(
                ", ",
                put("annotations", PodInjector.EVICTION, evictable),
                put("annotations", Names.STATUS_ANNOTATION, Cel.text(defaults.revision())),
                put("labels", Names.INJECTED_LABEL, Cel.text("true")))
            + "]");
    return String.join(" + ", parts);
  }

  private static String put(String map, String key, String value) {
    return Cel.add("'/metadata/" + map + "/' + jsonpatch.escapeKey(" + Cel.text(key) + ")", value);
  }
}
