package dev.spanthrift.agent.receive.json;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/** The generated request classes, the oracle of these tests. */
final class Requests {
  private static final Set<String> IDS = Set.of("trace_id", "span_id", "parent_span_id");

  private Requests() {}

  static Message of(Signal signal) {
    return switch (signal) {
      case TRACES -> ExportTraceServiceRequest.getDefaultInstance();
      case METRICS -> ExportMetricsServiceRequest.getDefaultInstance();
      case LOGS -> ExportLogsServiceRequest.getDefaultInstance();
      case PROFILES -> ExportProfilesServiceRequest.getDefaultInstance();
    };
  }

  /** Fields that OTLP/JSON writes as hex (OTLP 1.11, "JSON Protobuf Encoding"). */
  static boolean isId(FieldDescriptor field) {
    return IDS.contains(field.getName());
  }

  static byte[] convert(Signal signal, byte[] json) {
    Encoded encoded = JsonToProtobuf.convert(signal, json, 0, json.length);
    return Arrays.copyOf(encoded.array(), encoded.length());
  }

  static byte[] convert(Signal signal, String json) {
    return convert(signal, json.getBytes(StandardCharsets.UTF_8));
  }

  static Message parse(Signal signal, byte[] protobuf) {
    try {
      return of(signal).getParserForType().parseFrom(protobuf);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** The message of the exception that must come. */
  static String malformed(Signal signal, byte[] json) {
    return assertThrows(MalformedJsonException.class, () -> convert(signal, json)).getMessage();
  }

  static String malformed(Signal signal, String json) {
    return malformed(signal, json.getBytes(StandardCharsets.UTF_8));
  }
}
