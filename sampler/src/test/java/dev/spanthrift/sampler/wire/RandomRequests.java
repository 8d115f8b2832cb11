package dev.spanthrift.sampler.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.Random;

/**
 * Random trace requests from a seed, with everything that OTLP allows and some that it does not.
 */
public final class RandomRequests {
  private final Random random;

  public RandomRequests(long seed) {
    random = new Random(seed);
  }

  public ExportTraceServiceRequest request() {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      request.addResourceSpans(resourceSpans());
    }
    if (random.nextInt(20) == 0) {
      request.setUnknownFields(unknown());
    }
    return request.build();
  }

  private ResourceSpans resourceSpans() {
    ResourceSpans.Builder spans = ResourceSpans.newBuilder();
    if (random.nextInt(10) > 0) {
      spans.setResource(
          Resource.newBuilder()
              .addAttributes(attribute("service.name", "svc-" + random.nextInt(3)))
              .addAttributes(attribute()));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      spans.addScopeSpans(scopeSpans());
    }
    if (random.nextBoolean()) {
      spans.setSchemaUrl("https://opentelemetry.io/schemas/1.37.0");
    }
    if (random.nextInt(10) == 0) {
      spans.setUnknownFields(unknown());
    }
    return spans.build();
  }

  private ScopeSpans scopeSpans() {
    ScopeSpans.Builder spans = ScopeSpans.newBuilder();
    if (random.nextBoolean()) {
      spans.setScope(
          InstrumentationScope.newBuilder()
              .setName("lib-" + random.nextInt(3))
              .addAttributes(attribute()));
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      spans.addSpans(span());
    }
    if (random.nextBoolean()) {
      spans.setSchemaUrl("s");
    }
    if (random.nextInt(10) == 0) {
      spans.setUnknownFields(unknown());
    }
    return spans.build();
  }

  public Span span() {
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(bytes(random.nextInt(20) == 0 ? random.nextInt(20) : 16))
            .setSpanId(bytes(random.nextInt(20) == 0 ? random.nextInt(20) : 8))
            .setName("op " + random.nextInt(5))
            .setKindValue(random.nextInt(8))
            .setStartTimeUnixNano(random.nextInt(9) == 0 ? 0 : random.nextLong())
            .setEndTimeUnixNano(random.nextInt(9) == 0 ? 0 : random.nextLong());
    if (random.nextBoolean()) {
      span.setParentSpanId(bytes(8)).setTraceState(traceState()).setFlags(random.nextInt());
    }
    if (random.nextBoolean()) {
      span.setStatus(Status.newBuilder().setCodeValue(random.nextInt(4)).setMessage("m"));
    }
    for (int i = random.nextInt(5); i > 0; i--) {
      span.addAttributes(attribute());
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      span.addEvents(Span.Event.newBuilder().setName("e").addAttributes(attribute()));
      span.addLinks(Span.Link.newBuilder().setTraceId(bytes(16)).addAttributes(attribute()));
    }
    if (random.nextInt(5) == 0) {
      span.setUnknownFields(unknown());
    }
    return span.build();
  }

  private String traceState() {
    return switch (random.nextInt(5)) {
      case 0 -> "";
      case 1 -> "vendor=x";
      case 2 -> "ot=th:8;rv:" + String.format("%014x", random.nextLong() >>> 8);
      case 3 -> "a=b,ot=th:" + Integer.toHexString(random.nextInt(256));
      default -> "ot=rv:" + String.format("%014x", random.nextLong() >>> 8) + ",vendor=y";
    };
  }

  private UnknownFieldSet unknown() {
    return UnknownFieldSet.newBuilder()
        .addField(
            1000 + random.nextInt(5),
            UnknownFieldSet.Field.newBuilder()
                .addVarint(random.nextLong())
                .addFixed32(7)
                .addLengthDelimited(bytes(random.nextInt(9)))
                .addGroup(
                    UnknownFieldSet.newBuilder()
                        .addField(1, UnknownFieldSet.Field.newBuilder().addFixed64(3).build())
                        .build())
                .build())
        .build();
  }

  private KeyValue attribute() {
    return attribute("key." + random.nextInt(9), "v".repeat(random.nextInt(200)));
  }

  private KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder().setKey(key).setValue(value(value, 3)).build();
  }

  private AnyValue value(String text, int depth) {
    AnyValue.Builder value = AnyValue.newBuilder();
    int kind = key(text, depth);
    switch (kind) {
      case 0 -> value.setBoolValue(random.nextBoolean());
      case 1 -> value.setIntValue(random.nextLong());
      case 2 -> value.setDoubleValue(random.nextDouble());
      case 3 ->
          value.setArrayValue(ArrayValue.newBuilder().addValues(value(text, depth - 1)).build());
      case 4 ->
          value.setKvlistValue(
              KeyValueList.newBuilder()
                  .addValues(KeyValue.newBuilder().setKey("k").setValue(value(text, depth - 1))));
      case 5 -> value.setBytesValue(bytes(random.nextInt(9)));
      default -> value.setStringValue(text);
    }
    return value.build();
  }

  private int key(String text, int depth) {
    return depth == 0 || text.startsWith("svc-") ? 9 : random.nextInt(10);
  }

  private ByteString bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
