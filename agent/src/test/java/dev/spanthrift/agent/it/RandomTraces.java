package dev.spanthrift.agent.it;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small traces from a seed, as an application would send them. */
final class RandomTraces {
  private static final long STARTED_UNIX_NANOS = 1_790_000_000_000_000_000L;

  private RandomTraces() {}

  /** A root and up to six spans below it; one of them fails if asked for. */
  static List<Span> trace(Random random, String traceState, boolean failed) {
    ByteString traceId = id(random, 16);
    int size = random.nextInt(1, 8);
    int failing = failed ? random.nextInt(size) : -1;
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      long start = STARTED_UNIX_NANOS + random.nextInt(1_000_000_000);
      Span.Builder span =
          Span.newBuilder()
              .setTraceId(traceId)
              .setSpanId(id(random, 8))
              .setTraceState(traceState)
              .setName("operation " + random.nextInt(20))
              .setKindValue(1 + random.nextInt(5))
              .setStartTimeUnixNano(start)
              .setEndTimeUnixNano(start + random.nextInt(100_000_000))
              .addAttributes(attribute("number", "" + random.nextInt(1000)));
      if (i > 0) {
        span.setParentSpanId(spans.get(random.nextInt(i)).getSpanId());
      }
      if (i == failing) {
        span.setStatus(Status.newBuilder().setCode(StatusCode.STATUS_CODE_ERROR));
      }
      spans.add(span.build());
    }
    return spans;
  }

  static ExportTraceServiceRequest request(List<Span> spans) {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(attribute("service.name", "shop")))
                .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(spans)))
        .build();
  }

  static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  static ByteString id(Random random, int size) {
    byte[] id = new byte[size];
    random.nextBytes(id);
    id[0] |= 1; // never all zero
    return ByteString.copyFrom(id);
  }
}
