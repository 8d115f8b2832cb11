package dev.spanthrift.agent.it;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The four signals as the generated classes know them: paths, methods, messages. Owes nothing to
 * the program that is tested.
 */
enum Otlp {
  TRACES(
      "/v1/traces",
      TraceServiceGrpc.getExportMethod(),
      ExportTraceServiceRequest.getDefaultInstance()),
  METRICS(
      "/v1/metrics",
      MetricsServiceGrpc.getExportMethod(),
      ExportMetricsServiceRequest.getDefaultInstance()),
  LOGS(
      "/v1/logs", LogsServiceGrpc.getExportMethod(), ExportLogsServiceRequest.getDefaultInstance()),
  PROFILES(
      "/v1development/profiles",
      ProfilesServiceGrpc.getExportMethod(),
      ExportProfilesServiceRequest.getDefaultInstance());

  private final String path;
  private final MethodDescriptor<?, ?> generated;
  private final Message request;

  Otlp(String path, MethodDescriptor<?, ?> generated, Message request) {
    this.path = path;
    this.generated = generated;
    this.request = request;
  }

  static Optional<Otlp> ofPath(String path) {
    return Arrays.stream(values()).filter(signal -> signal.path.equals(path)).findFirst();
  }

  String path() {
    return path;
  }

  /** An empty request. */
  Message request() {
    return request;
  }

  Message parse(byte[] bytes) {
    try {
      return request.getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(this + " request that the generated classes refuse", e);
    }
  }

  /** The generated method, for the very bytes that are on the wire. */
  MethodDescriptor<byte[], byte[]> rawMethod() {
    return generated.toBuilder(RAW, RAW).build();
  }

  private static final MethodDescriptor.Marshaller<byte[]> RAW =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };
}
