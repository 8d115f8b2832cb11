package dev.spanthrift.agent.collector.peer;

import com.google.protobuf.ByteString;
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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Traces of one span, with values of every type under few keys, so that conditions meet them. */
final class OttlTraces {
  static final int COUNT = 80;
  private static final long START = 1_700_000_000_000_000_000L; // 2023-11-14 22:13:20, a Tuesday
  private static final String[] KEYS = {
    "http.status_code", "url.path", "user.id", "ok", "ratio", "m", "l", "b", "host", "none", "n"
  };
  private static final String[] TEXTS = {
    "/checkout",
    "/health",
    "GET /api",
    "Ünïcode",
    "42",
    "4.5",
    "true",
    "",
    "a,b,c",
    "10.1.2.3",
    "x",
    "ABC",
    "  pad ",
    "SERVER",
    "4111 1111 1111 1111"
  };
  private static final String[] STATES = {
    "",
    "",
    "ot=th:8",
    "vendor=a,ot=rv:00000000000000",
    "k=v",
    "k=v,k2=w",
    "BAD",
    "k=",
    "a=1,a=2",
    "k = v"
  };

  private final Random random = new Random(20_261_130);

  static List<ExportTraceServiceRequest> requests() {
    OttlTraces traces = new OttlTraces();
    List<ExportTraceServiceRequest> requests = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      requests.add(
          ExportTraceServiceRequest.newBuilder().addResourceSpans(traces.trace(i)).build());
    }
    return requests;
  }

  private ResourceSpans trace(int index) {
    ScopeSpans.Builder scope =
        ScopeSpans.newBuilder()
            .setScope(
                InstrumentationScope.newBuilder()
                    .setName(random.nextBoolean() ? "io.http" : "db")
                    .setVersion(random.nextBoolean() ? "1.2.3" : "")
                    .addAllAttributes(attributes(2))
                    .setDroppedAttributesCount(random.nextInt(2)))
            .setSchemaUrl(random.nextBoolean() ? "https://x/1.0" : "")
            .addSpans(span(index));
    Resource.Builder resource =
        Resource.newBuilder()
            .addAllAttributes(attributes(3))
            .addAttributes(attribute("service.name", text(random.nextBoolean() ? "shop" : "cart")));
    return ResourceSpans.newBuilder()
        .setResource(resource)
        .setSchemaUrl(random.nextBoolean() ? "https://r/1.0" : "")
        .addScopeSpans(scope)
        .build();
  }

  private Span span(int index) {
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(
                ByteString.copyFrom(ByteBuffer.allocate(16).putLong(7).putLong(index + 1).flip()))
            .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(index + 1).flip()))
            .setTraceState(pick(STATES))
            .setName(pick("GET /checkout", "SELECT", "work", "", "Héllo"))
            .setKindValue(random.nextInt(6))
            .setStartTimeUnixNano(START + random.nextInt(3) * 3_600_000_000_000L)
            .setFlags(random.nextInt(3))
            .setDroppedAttributesCount(random.nextInt(2))
            .setDroppedEventsCount(random.nextInt(2))
            .setDroppedLinksCount(random.nextInt(5))
            .addAllAttributes(attributes(6))
            .setStatus(
                Status.newBuilder()
                    .setCodeValue(random.nextInt(3))
                    .setMessage(pick("", "timeout", "deadline exceeded")));
    span.setEndTimeUnixNano(span.getStartTimeUnixNano() + random.nextInt(4) * 700_000_000L);
    if (random.nextBoolean()) {
      span.setParentSpanId(
          ByteString.copyFrom(ByteBuffer.allocate(8).putLong(random.nextInt(3)).flip()));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      span.addEvents(
          Span.Event.newBuilder()
              .setName(pick("exception", "retry"))
              .setTimeUnixNano(span.getStartTimeUnixNano() + i)
              .setDroppedAttributesCount(i)
              .addAllAttributes(attributes(3)));
    }
    if (random.nextInt(3) == 0) {
      span.addLinks(
          Span.Link.newBuilder().setTraceId(span.getTraceId()).setSpanId(span.getSpanId()));
    }
    return span.build();
  }

  private List<KeyValue> attributes(int count) {
    List<String> keys = new ArrayList<>(List.of(KEYS));
    List<KeyValue> attributes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      attributes.add(attribute(keys.remove(random.nextInt(keys.size())), value(0)));
    }
    return attributes;
  }

  private static KeyValue attribute(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  private static AnyValue text(String text) {
    return AnyValue.newBuilder().setStringValue(text).build();
  }

  private AnyValue value(int depth) {
    AnyValue.Builder any = AnyValue.newBuilder();
    switch (random.nextInt(depth > 1 ? 6 : 10)) {
      case 0, 1 -> any.setStringValue(pick(TEXTS));
      case 2 -> any.setIntValue(new long[] {0, 1, 200, 404, 503, -7, 42}[random.nextInt(7)]);
      case 3 ->
          any.setDoubleValue(
              new double[] {0, 0.5, 4.5, 42, 1e21, 1e-7, -3.25, Double.NaN}[random.nextInt(8)]);
      case 4 -> any.setBoolValue(random.nextBoolean());
      case 5 -> any.setBytesValue(ByteString.copyFrom(new byte[] {1, (byte) 0xab}));
      case 6 -> {
        KeyValueList.Builder map = KeyValueList.newBuilder();
        map.addValues(attribute("x", value(depth + 1))).addValues(attribute("y", value(depth + 1)));
        any.setKvlistValue(map);
      }
      case 7, 8 -> {
        ArrayValue.Builder list = ArrayValue.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.addValues(value(depth + 1));
        }
        any.setArrayValue(list);
      }
      default -> {} // an empty value
    }
    return any.build();
  }

  private String pick(String... from) {
    return from[random.nextInt(from.length)];
  }
}
