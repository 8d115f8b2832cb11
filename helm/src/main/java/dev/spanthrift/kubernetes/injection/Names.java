package dev.spanthrift.kubernetes.injection;

import java.util.Set;

/** Words that others rely on: labels, annotations, names of what is injected, ports. */
public final class Names {
  /** Label of a namespace: {@code enabled} or {@code disabled}. */
  public static final String NAMESPACE_LABEL = PodOption.PREFIX + "injection";

  /** Label of a pod: {@code "true"} or {@code "false"}. */
  public static final String POD_LABEL = PodOption.PREFIX + "inject";

  /** Label of a pod or a namespace: which revision of the injector it asks for. */
  public static final String REVISION_LABEL = PodOption.PREFIX + "rev";

  /** Label that an injected pod gets, for monitors. */
  public static final String INJECTED_LABEL = PodOption.PREFIX + "injected";

  /** Annotation that an injected pod gets: the revision that did it. */
  public static final String STATUS_ANNOTATION = PodOption.PREFIX + "injected-by";

  /** Annotation with the entries of the environment that takeover replaced, as JSON. */
  public static final String TAKEN_OVER_ANNOTATION = PodOption.PREFIX + "taken-over";

  /** Audience of the token that proves to the controller which pod this is. */
  public static final String AUDIENCE = "spanthrift";

  /** Revision of an injector that was given none. */
  public static final String DEFAULT_REVISION = "default";

  public static final String CONTAINER = "spanthrift";
  public static final int GRPC_PORT = 4317;
  public static final int HTTP_PORT = 4318;
  public static final int ADMIN_PORT = 4321;

  static final String STATE_VOLUME = "spanthrift-state";
  static final String TMP_VOLUME = "spanthrift-tmp";
  static final String CONFIG_VOLUME = "spanthrift-config";
  static final String POLICY_VOLUME = "spanthrift-policy";
  static final String CONTROLLER_VOLUME = "spanthrift-controller";
  static final String TOKEN_VOLUME = "spanthrift-token";
  static final Set<String> VOLUMES =
      Set.of(
          STATE_VOLUME, TMP_VOLUME, CONFIG_VOLUME, POLICY_VOLUME, CONTROLLER_VOLUME, TOKEN_VOLUME);

  /** Namespaces of the cluster itself: a webhook there can keep a cluster from coming up. */
  static final Set<String> SYSTEM_NAMESPACES =
      Set.of("kube-system", "kube-public", "kube-node-lease");

  /** Containers that meshes put first and that carry the network: we start after these. */
  public static final Set<String> MESH_CONTAINERS =
      Set.of(
          "istio-init",
          "istio-validation",
          "istio-proxy",
          "linkerd-init",
          "linkerd-network-validator",
          "linkerd-proxy",
          "kuma-init",
          "kuma-validation",
          "kuma-sidecar",
          "consul-connect-inject-init",
          "consul-dataplane");

  /** Sidecars beside the application that send no traces of it. */
  public static final Set<String> KNOWN_SIDECARS =
      Set.of("vault-agent", "daprd", "cloud-sql-proxy", "otc-container", "config-reloader");

  private Names() {}

  static boolean isApplication(String container) {
    return !MESH_CONTAINERS.contains(container) && !KNOWN_SIDECARS.contains(container);
  }
}
