package dev.spanthrift.agent.simulation;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Traces through three pods, made from a seed; each pod sends what ended in the last second. */
public final class MadeTraffic implements RecordedTraffic {
  public static final String[] SERVICES = {"front", "cart", "bank"};
  private static final long START = 1_700_000_000_000_000_000L;
  private static final long MILLI = 1_000_000;

  private final List<ExportTraceServiceRequest> requests = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private final Random random;

  /** Traces 50 ms apart; one in ten has an error of one of five kinds, one in fifty is slow. */
  public MadeTraffic(long seed, int traces) {
    if (traces > 0) {
      System.out.println("seed " + seed);
    }
    random = new Random(seed);
    TreeMap<Long, ResourceSpans> bySendTime = new TreeMap<>();
    List<List<Span>> waiting = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int t = 0; t < traces; t++) {
      trace(START + t * 50L * MILLI, waiting);
      if (t % 20 == 19 || t == traces - 1) {
        for (int pod = 0; pod < SERVICES.length; pod++) {
          long at = START + (t + 20) * 50L * MILLI + pod * 7 * MILLI;
          bySendTime.put(at, resource(pod, waiting.get(pod)));
          waiting.get(pod).clear();
        }
      }
    }
    bySendTime.forEach(
        (at, spans) -> {
          times.add(at);
          requests.add(ExportTraceServiceRequest.newBuilder().addResourceSpans(spans).build());
        });
  }

  /** One request of one span with one attribute. */
  public static ExportTraceServiceRequest single(String payload) {
    MadeTraffic made = new MadeTraffic(5, 0);
    Span span =
        Span.newBuilder()
            .setTraceId(made.bytes(16))
            .setSpanId(made.bytes(8))
            .setName("op a")
            .setKind(Span.SpanKind.SPAN_KIND_SERVER)
            .setStartTimeUnixNano(START)
            .setEndTimeUnixNano(START + MILLI)
            .addAttributes(text("payload", payload))
            .build();
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(resource(0, List.of(span)))
        .build();
  }

  private void trace(long start, List<List<Span>> waiting) {
    ByteString id = bytes(16);
    boolean slow = random.nextInt(50) == 0;
    boolean error = random.nextInt(10) == 0;
    ByteString parent = ByteString.EMPTY;
    for (int pod = 0; pod < SERVICES.length; pod++) {
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        long millis = (slow ? 900 : 20) + random.nextInt(40);
        Span.Builder span =
            Span.newBuilder()
                .setTraceId(id)
                .setSpanId(bytes(8))
                .setParentSpanId(parent)
                .setName("op " + (char) ('a' + random.nextInt(2)))
                .setKind(i == 0 ? Span.SpanKind.SPAN_KIND_SERVER : Span.SpanKind.SPAN_KIND_INTERNAL)
                .setStartTimeUnixNano(start)
                .setEndTimeUnixNano(start + millis * MILLI);
        if (error && pod == 2) {
          span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
          span.addAttributes(text("error.type", "kind " + random.nextInt(5)));
        }
        parent = span.getSpanId();
        waiting.get(pod).add(span.build());
      }
    }
  }

  private static ResourceSpans resource(int pod, List<Span> spans) {
    return ResourceSpans.newBuilder()
        .setResource(
            Resource.newBuilder()
                .addAttributes(text("service.name", SERVICES[pod]))
                .addAttributes(text("k8s.pod.name", SERVICES[pod] + "-0")))
        .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(spans))
        .build();
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private ByteString bytes(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  public List<ExportTraceServiceRequest> recorded() {
    return requests;
  }

  public long[] flushNanos() {
    return times.stream().mapToLong(Long::longValue).toArray();
  }

  /** The same with the pods' requests of each second in one. */
  MadeTraffic merged() {
    MadeTraffic merged = new MadeTraffic(0, 0);
    for (int i = 0; i < requests.size(); i += SERVICES.length) {
      ExportTraceServiceRequest.Builder all = ExportTraceServiceRequest.newBuilder();
      requests.subList(i, i + SERVICES.length).forEach(all::mergeFrom);
      merged.requests.add(all.build());
      merged.times.add(times.get(i));
    }
    return merged;
  }

  @Override
  public int requests() {
    return requests.size();
  }

  @Override
  public Reader open() {
    return new Reader() {
      private int next;

      @Override
      public byte @Nullable [] next() {
        return next == requests.size() ? null : requests.get(next++).toByteArray();
      }

      @Override
      public long nanos() {
        return times.get(next - 1);
      }

      @Override
      public void close() {}
    };
  }
}
