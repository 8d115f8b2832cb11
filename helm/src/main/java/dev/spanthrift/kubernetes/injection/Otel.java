package dev.spanthrift.kubernetes.injection;

/** Variables that every OpenTelemetry SDK reads (specification, SDK environment variables). */
final class Otel {
  static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  static final String PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL";
  static final String HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";
  static final String COMPRESSION = "OTEL_EXPORTER_OTLP_COMPRESSION";
  static final String SERVICE_NAME = "OTEL_SERVICE_NAME";
  static final String RESOURCE_ATTRIBUTES = "OTEL_RESOURCE_ATTRIBUTES";
  static final String[] SIGNALS = {"TRACES", "METRICS", "LOGS"};
  static final String GRPC = "grpc";
  static final String HTTP = "http/protobuf";

  private Otel() {}

  static String ofSignal(String signal, String suffix) {
    return "OTEL_EXPORTER_OTLP_" + signal + "_" + suffix;
  }

  /** The sidecar's address for a protocol; a plain base, to which SDKs add v1/traces and so on. */
  static String local(String protocol) {
    return "http://127.0.0.1:" + (protocol.equals(GRPC) ? Names.GRPC_PORT : Names.HTTP_PORT);
  }
}
