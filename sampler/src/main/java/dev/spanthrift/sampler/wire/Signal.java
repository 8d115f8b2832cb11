package dev.spanthrift.sampler.wire;

/**
 * The four kinds of OTLP data, with the names that both transports use for them.
 *
 * <p>Source: OTLP specification 1.11, "OTLP/gRPC" and "OTLP/HTTP Request".
 */
public enum Signal {
  TRACES("opentelemetry.proto.collector.trace.v1.TraceService", "/v1/traces", "rejected_spans"),
  METRICS(
      "opentelemetry.proto.collector.metrics.v1.MetricsService",
      "/v1/metrics",
      "rejected_data_points"),
  LOGS("opentelemetry.proto.collector.logs.v1.LogsService", "/v1/logs", "rejected_log_records"),
  PROFILES(
      "opentelemetry.proto.collector.profiles.v1development.ProfilesService",
      "/v1development/profiles",
      "rejected_profiles");

  private final String grpcService;
  private final String httpPath;
  private final String rejectedField;

  Signal(String grpcService, String httpPath, String rejectedField) {
    this.grpcService = grpcService;
    this.httpPath = httpPath;
    this.rejectedField = rejectedField;
  }

  /** Full name of the gRPC service; its only method is {@code Export}. */
  public String grpcService() {
    return grpcService;
  }

  /** Default path of the HTTP endpoint. */
  public String httpPath() {
    return httpPath;
  }

  /** Protobuf name of field 1 of this signal's partial success message. */
  public String rejectedField() {
    return rejectedField;
  }
}
