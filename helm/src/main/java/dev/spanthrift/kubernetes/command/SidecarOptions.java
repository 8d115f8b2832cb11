package dev.spanthrift.kubernetes.command;

import dev.spanthrift.kubernetes.injection.Names;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import dev.spanthrift.kubernetes.injection.SidecarResources;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What sidecars get where no annotation says otherwise. */
final class SidecarOptions {
  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = "Image of the sidecar. Default: ${DEFAULT-VALUE}",
      defaultValue = "spanthrift:0.1.0")
  String image = "";

  @Option(
      names = "--pull-policy",
      paramLabel = "WHEN",
      description = "When the kubelet pulls it. Default: the cluster's own")
  @Nullable String pullPolicy;

  @Option(
      names = "--upstream",
      paramLabel = "URL",
      description =
          "OTLP backend that gets what is kept. Default: none, each namespace names its own")
  @Nullable String upstream;

  @Option(
      names = "--upstream-protocol",
      paramLabel = "NAME",
      description = "http/protobuf or grpc. Default: ${DEFAULT-VALUE}",
      defaultValue = "http/protobuf")
  String protocol = "";

  @Option(
      names = "--mode",
      paramLabel = "NAME",
      description =
          "shadow, nothing is dropped, or enforce, decisions are obeyed. Default:"
              + " ${DEFAULT-VALUE}",
      defaultValue = "shadow")
  String mode = "";

  @Option(
      names = "--controller",
      paramLabel = "URL",
      description = "The cluster's controller, which serves policies. Default: none")
  @Nullable String controller;

  @Option(
      names = "--controller-ca",
      paramLabel = "NAME",
      description =
          "ConfigMap of each namespace whose key ca.crt the controller's certificate comes from."
              + " Default: none, the JVM's own authorities")
  @Nullable String controllerCa;

  @Option(
      names = "--fleet-url",
      paramLabel = "URL",
      description = "Redis or Valkey by which sidecars keep whole traces. Default: none")
  @Nullable String fleet;

  @Option(
      names = "--run-as-user",
      paramLabel = "UID",
      description =
          "User of the sidecar; 0 leaves it to the cluster, as OpenShift wants it. Default:"
              + " ${DEFAULT-VALUE}",
      defaultValue = "65532")
  int user;

  @Option(
      names = "--cpu-request",
      paramLabel = "AMOUNT",
      description = "CPU that a sidecar reserves. Default: 50m")
  String cpuRequest = SidecarResources.DEFAULT.cpuRequest();

  @Option(
      names = "--memory-request",
      paramLabel = "AMOUNT",
      description = "Memory that a sidecar reserves. Default: 192Mi")
  String memoryRequest = SidecarResources.DEFAULT.memoryRequest();

  @Option(
      names = "--memory-limit",
      paramLabel = "AMOUNT",
      description = "Memory at which a sidecar alone is restarted, 176Mi at least. Default: 256Mi")
  String memoryLimit = SidecarResources.DEFAULT.memoryLimit();

  @Option(
      names = "--revision",
      paramLabel = "NAME",
      description =
          "Only pods of namespaces whose label "
              + Names.REVISION_LABEL
              + " asks for it. Default: those without the label")
  String revision = Names.DEFAULT_REVISION;

  @Option(
      names = "--own-namespace",
      paramLabel = "NAME",
      description = "Where Spanthrift runs: never injected. Default: POD_NAMESPACE")
  @Nullable String ownNamespace;

  /** Checked: a mistake here would concern every pod. */
  SidecarDefaults read(ClusterContext context) {
    String space = ownNamespace == null ? context.environment().get("POD_NAMESPACE") : ownNamespace;
    return SidecarDefaults.checked(
        new SidecarDefaults(
            image,
            blankToNull(pullPolicy),
            blankToNull(upstream),
            protocol,
            mode,
            blankToNull(controller),
            blankToNull(controllerCa),
            blankToNull(fleet),
            user == 0 ? null : user,
            revision.isBlank() ? Names.DEFAULT_REVISION : revision,
            blankToNull(space),
            true,
            new SidecarResources(cpuRequest, memoryRequest, memoryLimit)));
  }

  /** Charts write an empty value for what is not set. */
  private static @Nullable String blankToNull(@Nullable String value) {
    return value == null || value.isBlank() ? null : value;
  }
}
