package dev.spanthrift.kubernetes.injection;

import java.util.Locale;

/** What annotations of pod and namespace may set; the pod's counts before its namespace's. */
public enum PodOption {
  MODE(
      "`shadow`: every trace is decided and none is dropped; `enforce`: decisions are obeyed",
      "shadow"),
  UPSTREAM("URL of the OTLP backend that gets what is kept", "the injector's"),
  UPSTREAM_PROTOCOL("`http/protobuf` or `grpc`, towards the backend", "the injector's"),
  UPSTREAM_HEADERS_SECRET(
      "Secret of the pod's namespace whose key `headers` has the backend's headers, as"
          + " `name=value,name2=value2`",
      "none"),
  CONFIG(
      "ConfigMap of the pod's namespace whose key `spanthrift.yaml` is the configuration", "none"),
  POLICY(
      "ConfigMap of the pod's namespace whose key `policy.yaml` holds until the controller was"
          + " reached",
      "none"),
  OPERATOR_TOKEN_SECRET(
      "Secret of the pod's namespace whose key `token` lets its bearers use the kill switch and"
          + " boosts of running sidecars",
      "none, sidecars take no writes"),
  CPU_REQUEST(
      "CPU that the sidecar reserves; an autoscaler on CPU needs one", "the injector's, 50m"),
  MEMORY_REQUEST("memory that the sidecar reserves", "the injector's, 192Mi"),
  MEMORY_LIMIT(
      "memory at which the sidecar alone is restarted, 176Mi at least", "the injector's, 256Mi"),
  CONTAINERS(
      "names of the containers that send traces, with commas",
      "all but those of meshes and of known sidecars"),
  ENDPOINT_TAKEOVER(
      "`true`: the endpoint that the application sets becomes the sidecar's upstream, and the"
          + " application sends to the sidecar",
      "false"),
  HOLD_APPLICATION("`true`: the application waits until the sidecar is ready", "false");

  /** All our labels and annotations begin so. */
  public static final String PREFIX = "spanthrift.dev/";

  private final String sentence;
  private final String byDefault;

  PodOption(String sentence, String byDefault) {
    this.sentence = sentence;
    this.byDefault = byDefault;
  }

  /** The annotation, such as {@code spanthrift.dev/cpu-request}. */
  public String key() {
    return PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public String sentence() {
    return sentence;
  }

  public String byDefault() {
    return byDefault;
  }
}
