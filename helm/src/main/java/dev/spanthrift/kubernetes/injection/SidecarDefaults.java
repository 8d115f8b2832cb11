package dev.spanthrift.kubernetes.injection;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the injector was started with; pods and namespaces may say otherwise by annotations.
 *
 * @param image of the sidecar
 * @param pullPolicy of the image; null leaves it to the cluster
 * @param upstream URL of the backend; null where each namespace names its own
 * @param protocol towards the backend
 * @param mode {@code shadow} or {@code enforce}
 * @param controller URL of the controller; null without one
 * @param controllerCa ConfigMap of each namespace whose key {@code ca.crt} the controller's
 *     certificate comes from; null means the JVM's own authorities
 * @param fleet URL of the fleet's engine; null without one
 * @param user that the sidecar runs as; null leaves it to the cluster, as OpenShift wants it
 * @param revision of this injector
 * @param ownNamespace where Spanthrift itself runs; null outside of a cluster
 * @param nativeSidecars whether the cluster knows init containers that keep running (1.29)
 * @param resources of the sidecar
 */
public record SidecarDefaults(
    String image,
    @Nullable String pullPolicy,
    @Nullable String upstream,
    String protocol,
    String mode,
    @Nullable String controller,
    @Nullable String controllerCa,
    @Nullable String fleet,
    @Nullable Integer user,
    String revision,
    @Nullable String ownNamespace,
    boolean nativeSidecars,
    SidecarResources resources) {

  /** User of the image. */
  public static final int USER = 65532;

  /** For an image and a backend, all else as it comes. */
  public static SidecarDefaults of(String image, @Nullable String upstream) {
    return new SidecarDefaults(
        image,
        null,
        upstream,
        "http/protobuf",
        "shadow",
        null,
        null,
        null,
        USER,
        Names.DEFAULT_REVISION,
        null,
        true,
        SidecarResources.DEFAULT);
  }

  /**
   * The same, when every value means something.
   *
   * @throws IllegalArgumentException with option, value and what would be right
   */
  public static SidecarDefaults checked(SidecarDefaults defaults) {
    require(!defaults.image().isBlank(), "--image", defaults.image(), "name an image");
    require(
        defaults.upstream() == null || PodOptions.isUrl(defaults.upstream()),
        "--upstream",
        defaults.upstream(),
        "write it such as https://backend:4318");
    require(
        Set.of("http/protobuf", "grpc").contains(defaults.protocol()),
        "--upstream-protocol",
        defaults.protocol(),
        "write http/protobuf or grpc");
    require(
        Set.of("shadow", "enforce").contains(defaults.mode()),
        "--mode",
        defaults.mode(),
        "write shadow or enforce");
    require(
        defaults.controller() == null || defaults.controller().startsWith("https://"),
        "--controller",
        defaults.controller(),
        "write it such as https://spanthrift-controller.spanthrift.svc:8443");
    checkResources(defaults.resources());
    return defaults;
  }

  private static void checkResources(SidecarResources of) {
    requireQuantity("--cpu-request", of.cpuRequest(), "50m");
    requireQuantity("--memory-request", of.memoryRequest(), "192Mi");
    requireQuantity("--memory-limit", of.memoryLimit(), "256Mi");
    require(
        SidecarResources.mebibytes(of.memoryLimit()) >= SidecarResources.MEMORY_LEAST_MEBIBYTES,
        "--memory-limit",
        of.memoryLimit(),
        SidecarResources.MEMORY_LEAST_MEBIBYTES + "Mi is the least that the JVM lives in");
    require(
        SidecarResources.least(of.memoryRequest(), of.memoryLimit()).equals(of.memoryRequest()),
        "--memory-request",
        of.memoryRequest(),
        "at most the limit, " + of.memoryLimit());
  }

  private static void requireQuantity(String option, String value, String example) {
    require(SidecarResources.isQuantity(value), option, value, "write it such as " + example);
  }

  private static void require(boolean holds, String option, @Nullable String value, String right) {
    if (!holds) {
      throw new IllegalArgumentException(option + " = " + value + ": " + right);
    }
  }

  /** In a cluster that has, or lacks, native sidecars. */
  public SidecarDefaults withNativeSidecars(boolean has) {
    return new SidecarDefaults(
        image,
        pullPolicy,
        upstream,
        protocol,
        mode,
        controller,
        controllerCa,
        fleet,
        user,
        revision,
        ownNamespace,
        has,
        resources);
  }

  /** With other resources. */
  SidecarDefaults withResources(SidecarResources other) {
    return new SidecarDefaults(
        image,
        pullPolicy,
        upstream,
        protocol,
        mode,
        controller,
        controllerCa,
        fleet,
        user,
        revision,
        ownNamespace,
        nativeSidecars,
        other);
  }
}
