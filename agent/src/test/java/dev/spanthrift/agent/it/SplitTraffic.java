package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Recorded requests sent to several processes, and what of their traces arrived. */
final class SplitTraffic {
  private final Map<ByteString, List<Span>> sent = new HashMap<>();
  private final Map<ByteString, Set<Integer>> seenBy = new HashMap<>();
  private final Map<ByteString, List<Span>> arrived = new HashMap<>();
  private final long[] received;

  SplitTraffic(int processes) {
    received = new long[processes];
  }

  /**
   * The same requests with other trace ids, which is another throw of the dice.
   *
   * @param seed 0 changes nothing
   */
  static ExportTraceServiceRequest relabeled(ExportTraceServiceRequest request, long seed) {
    ExportTraceServiceRequest.Builder other = request.toBuilder();
    for (ResourceSpans.Builder resource : other.getResourceSpansBuilderList()) {
      for (ScopeSpans.Builder scope : resource.getScopeSpansBuilderList()) {
        for (Span.Builder span : scope.getSpansBuilderList()) {
          span.setTraceId(relabeled(span.getTraceId(), seed));
        }
      }
    }
    return other.build();
  }

  private static ByteString relabeled(ByteString id, long seed) {
    ByteBuffer bits = ByteBuffer.wrap(id.toByteArray());
    long key = seed * 0x9e3779b97f4a7c15L;
    bits.putLong(8, bits.getLong(8) ^ key).putLong(0, bits.getLong(0) ^ Long.rotateLeft(key, 23));
    return ByteString.copyFrom(bits.array());
  }

  void send(
      ExportTraceServiceRequest request,
      List<Sender> senders,
      ToIntFunction<ExportTraceServiceRequest> to) {
    int process = to.applyAsInt(request);
    assertEquals(Status.Code.OK, senders.get(process).grpc(Otlp.TRACES, request.toByteArray()));
    List<Span> spans = Excerpt.spans(List.of(request));
    received[process] += spans.size();
    spans.forEach(
        span -> seenBy.computeIfAbsent(span.getTraceId(), id -> new HashSet<>()).add(process));
    add(sent, spans);
  }

  void arrived(List<Span> spans) {
    add(arrived, spans);
  }

  private static void add(Map<ByteString, List<Span>> traces, List<Span> spans) {
    for (Span span : spans) {
      traces.computeIfAbsent(span.getTraceId(), id -> new ArrayList<>()).add(span);
    }
  }

  long received(int process) {
    return received[process];
  }

  Map<ByteString, List<Span>> sent() {
    return sent;
  }

  Map<ByteString, List<Span>> arrived() {
    return arrived;
  }

  /** Traces that more than one process saw. */
  long split() {
    return seenBy.values().stream().filter(processes -> processes.size() > 1).count();
  }

  /** Kept traces of which something is missing, as "3 of 5". */
  List<String> torn() {
    List<String> torn = new ArrayList<>();
    arrived.forEach(
        (id, spans) -> {
          int all = sent.get(id).size();
          if (spans.size() != all) {
            torn.add(spans.size() + " of " + all);
          }
        });
    return torn;
  }

  /** Kept traces whose spans do not all say the same. */
  List<String> ambiguous() {
    List<String> ambiguous = new ArrayList<>();
    arrived.forEach(
        (id, spans) -> {
          Set<String> states = new HashSet<>();
          spans.forEach(span -> states.add(span.getTraceState()));
          if (states.size() > 1) {
            ambiguous.add(states.toString());
          }
        });
    return ambiguous;
  }

  Set<ByteString> failed() {
    Set<ByteString> failed = new HashSet<>();
    sent.forEach(
        (id, spans) -> {
          if (spans.stream().anyMatch(Excerpt::isError)) {
            failed.add(id);
          }
        });
    return failed;
  }
}
