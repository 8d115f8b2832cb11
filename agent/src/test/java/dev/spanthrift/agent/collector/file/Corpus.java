package dev.spanthrift.agent.collector.file;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Collector configurations × traces with the decisions that are expected of them. */
public final class Corpus {
  private static final List<String> FILES = List.of("filters", "votes", "draws", "ottl");
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final long START = 1_700_000_000_000_000_000L;
  private static final long MICRO = 1_000L;
  private static final List<String> PROCESSORS = List.of("probabilistic_sampler", "tail_sampling");

  private Corpus() {}

  /** One configuration with its traces. */
  public record Case(String name, Map<String, Object> fields, List<Trace> traces) {
    /** The processors, in the order of the pipeline. */
    Map<String, Object> processors() {
      Map<String, Object> processors = new LinkedHashMap<>();
      for (String key : PROCESSORS) {
        if (fields.containsKey(key)) {
          processors.put(key, fields.get(key));
        }
      }
      return processors;
    }

    public Optional<String> version() {
      return Optional.ofNullable((String) fields.get("version"));
    }

    /** How many are kept, where it does not matter which. */
    Optional<Integer> kept() {
      return Optional.ofNullable((Integer) fields.get("kept"));
    }

    /** Whether the Collector would not start with it. */
    boolean onlyHere() {
      return fields.containsKey("onlyHere");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Spans of one trace, those that come in time and those that come late. */
  record Trace(
      ByteString id, Optional<Boolean> keep, List<ResourceSpans> early, List<ResourceSpans> late) {
    int spans() {
      return early.size() + late.size();
    }
  }

  public static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String file : FILES) {
      try (InputStream in =
          Objects.requireNonNull(
              Corpus.class.getResourceAsStream(
                  "/dev/spanthrift/agent/collector/corpus/" + file + ".yaml"))) {
        for (Map<String, Object> fields :
            YAML.readValue(in, new TypeReference<List<Map<String, Object>>>() {})) {
          cases.add(new Case((String) fields.get("name"), fields, traces(cases.size(), fields)));
        }
      } catch (IOException e) {
        throw new IllegalStateException(file, e);
      }
    }
    return cases;
  }

  public static ExportTraceServiceRequest request(List<Trace> traces, boolean late) {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    traces.forEach(trace -> request.addAllResourceSpans(late ? trace.late() : trace.early()));
    return request.build();
  }

  private static List<Trace> traces(int number, Map<String, Object> fields) {
    List<Trace> traces = new ArrayList<>();
    for (Object element : (List<?>) fields.get("traces")) {
      Map<?, ?> trace = (Map<?, ?>) element;
      traces.add(trace(number * 1000 + traces.size(), trace));
    }
    return traces;
  }

  private static Trace trace(int number, Map<?, ?> fields) {
    String hex = (String) fields.get("id");
    byte[] id =
        hex == null
            ? ByteBuffer.allocate(16).putLong(0x5eed_0001L).putLong(number + 1L).array()
            : HexFormat.of().parseHex(hex);
    List<ResourceSpans> early = new ArrayList<>();
    List<ResourceSpans> late = new ArrayList<>();
    List<?> spans = fields.get("spans") == null ? List.of(Map.of()) : (List<?>) fields.get("spans");
    for (Object element : spans) {
      Map<?, ?> span = (Map<?, ?>) element;
      List<ResourceSpans> into = span.containsKey("late") ? late : early;
      into.add(resource(ByteString.copyFrom(id), early.size() + late.size(), span));
    }
    return new Trace(
        ByteString.copyFrom(id), Optional.ofNullable((Boolean) fields.get("keep")), early, late);
  }

  private static ResourceSpans resource(ByteString traceId, int index, Map<?, ?> fields) {
    return ResourceSpans.newBuilder()
        .setResource(Resource.newBuilder().addAllAttributes(attributes(fields.get("resource"))))
        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span(traceId, index, fields)))
        .build();
  }

  private static Span span(ByteString traceId, int index, Map<?, ?> fields) {
    long start = START + number(fields, "atUs", 0) * MICRO;
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(traceId)
            .setSpanId(id(index))
            .setName(fields.get("name") == null ? "work" : (String) fields.get("name"))
            .setStartTimeUnixNano(fields.containsKey("noStart") ? 0 : start)
            .setEndTimeUnixNano(start + number(fields, "us", 10) * MICRO)
            .setFlags((int) number(fields, "flags", 0))
            .addAllAttributes(attributes(fields.get("attributes")));
    if (index > 0) {
      span.setParentSpanId(id(0));
    }
    if (fields.get("traceState") instanceof String state) {
      span.setTraceState(state);
    }
    if (fields.get("kind") instanceof String kind) {
      span.setKind(Span.SpanKind.valueOf("SPAN_KIND_" + kind));
    }
    if (fields.get("status") instanceof String status) {
      Status.Builder built = Status.newBuilder();
      built.setCode(Status.StatusCode.valueOf("STATUS_CODE_" + status));
      if (fields.get("message") instanceof String message) {
        built.setMessage(message);
      }
      span.setStatus(built);
    }
    if (fields.get("events") instanceof List<?> events) {
      events.forEach(event -> span.addEvents(event((Map<?, ?>) event)));
    }
    return span.build();
  }

  private static Span.Event event(Map<?, ?> fields) {
    return Span.Event.newBuilder()
        .setTimeUnixNano(START)
        .setName((String) fields.get("name"))
        .addAllAttributes(attributes(fields.get("attributes")))
        .build();
  }

  private static ByteString id(int index) {
    return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(index + 1L).array());
  }

  private static long number(Map<?, ?> fields, String key, long otherwise) {
    return fields.get(key) instanceof Number number ? number.longValue() : otherwise;
  }

  private static List<KeyValue> attributes(Object fields) {
    List<KeyValue> attributes = new ArrayList<>();
    if (fields instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) ->
              attributes.add(
                  KeyValue.newBuilder().setKey((String) key).setValue(value(value)).build()));
    }
    return attributes;
  }

  private static AnyValue value(Object value) {
    AnyValue.Builder any = AnyValue.newBuilder();
    switch (value) {
      case String text -> any.setStringValue(text);
      case Boolean flag -> any.setBoolValue(flag);
      case Integer number -> any.setIntValue(number);
      case Long number -> any.setIntValue(number);
      case Double number -> any.setDoubleValue(number);
      default -> throw new IllegalArgumentException("" + value);
    }
    return any.build();
  }
}
