package dev.spanthrift.agent.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.receive.json.OtlpJsonPrinter;
import io.grpc.Status;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Random requests of all kinds, good and bad, over every way in; counts what was acknowledged and
 * what was refused, as a sender sees it.
 *
 * <p>Used by one thread; the books of several are added up.
 */
final class Load {
  /** Smaller than the bomb and larger than every good request. */
  static final int REQUEST_BYTES_MAX = 1 << 20;

  private static final int OLD = 12;

  final Set<ByteString> spans = new HashSet<>();
  final Set<ByteString> errors = new HashSet<>();
  final Set<String> lines = new HashSet<>();
  final Set<String> metrics = new HashSet<>();
  final Map<Otlp, Long> acknowledged = new EnumMap<>(Otlp.class);
  final Map<String, Long> refused = new TreeMap<>();

  private final Sender sender;
  private final Random random;
  private final String name;
  private final ArrayDeque<Span> older = new ArrayDeque<>();
  private int number;

  Load(Sender sender, long seed) {
    this.sender = sender;
    random = new Random(seed);
    name = "load " + seed;
  }

  /** One request of a random kind. */
  void step() {
    switch (random.nextInt(16)) {
      case 0 -> late();
      case 1 -> logs();
      case 2 -> metrics();
      case 3 -> malformed();
      case 4 -> tooLarge();
      case 5 -> unsupported();
      default -> traces();
    }
  }

  private void traces() {
    List<Span> all = new ArrayList<>();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      String traceState = random.nextInt(4) > 0 ? "" : "vendor=x,ot=th:4;rv:f0000000000000";
      all.addAll(RandomTraces.trace(random, traceState, random.nextInt(6) == 0));
    }
    Collections.shuffle(all, random);
    int cut = random.nextInt(all.size()); // so that some traces come in two requests
    send(all.subList(0, cut));
    send(all.subList(cut, all.size()));
    older.add(all.getFirst());
  }

  /** Another span of a trace that was decided, most likely, some requests ago. */
  private void late() {
    if (older.size() > OLD) {
      List<Span> trace = RandomTraces.trace(random, "", random.nextInt(4) == 0);
      ByteString id = older.removeFirst().getTraceId();
      send(trace.stream().map(span -> span.toBuilder().setTraceId(id).build()).toList());
    }
  }

  private void send(List<Span> part) {
    ExportTraceServiceRequest request = RandomTraces.request(part);
    byte[] bytes = request.toByteArray();
    switch (random.nextInt(5)) {
      case 0 -> assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, bytes));
      case 1 -> assertEquals(Status.Code.OK, sender.grpcGzip(Otlp.TRACES, bytes));
      case 2 -> assertEquals(200, sender.http(Otlp.TRACES, bytes).statusCode());
      case 3 -> assertEquals(200, sender.httpGzip(Otlp.TRACES, bytes).statusCode());
      default -> {
        String json = new OtlpJsonPrinter(OtlpJsonPrinter.Style.PLAIN, random).print(request);
        assertEquals(
            200, sender.http(Otlp.TRACES, Sender.JSON, "", json.getBytes(UTF_8)).statusCode());
      }
    }
    acknowledged.merge(Otlp.TRACES, 1L, Long::sum);
    part.forEach(span -> spans.add(span.getSpanId()));
    part.stream().filter(Excerpt::isError).forEach(span -> errors.add(span.getSpanId()));
  }

  private void logs() {
    String line = name + " line " + number++;
    LogRecord record =
        LogRecord.newBuilder().setBody(AnyValue.newBuilder().setStringValue(line)).build();
    byte[] bytes =
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(
                ResourceLogs.newBuilder()
                    .addScopeLogs(ScopeLogs.newBuilder().addLogRecords(record)))
            .build()
            .toByteArray();
    assertEquals(Status.Code.OK, sender.grpc(Otlp.LOGS, bytes));
    acknowledged.merge(Otlp.LOGS, 1L, Long::sum);
    lines.add(line);
  }

  private void metrics() {
    String metric = name + " metric " + number++;
    byte[] bytes =
        ExportMetricsServiceRequest.newBuilder()
            .addResourceMetrics(
                ResourceMetrics.newBuilder()
                    .addScopeMetrics(
                        ScopeMetrics.newBuilder().addMetrics(Metric.newBuilder().setName(metric))))
            .build()
            .toByteArray();
    assertEquals(200, sender.http(Otlp.METRICS, bytes).statusCode());
    acknowledged.merge(Otlp.METRICS, 1L, Long::sum);
    metrics.add(metric);
  }

  private void malformed() {
    byte[] garbage = new byte[random.nextInt(1, 200)];
    random.nextBytes(garbage);
    garbage[0] = 0x0f; // field 1 with wire type 7, which there is not
    switch (random.nextInt(4)) {
      case 0 -> assertEquals(Status.Code.INVALID_ARGUMENT, sender.grpc(Otlp.TRACES, garbage));
      case 1 -> assertEquals(400, sender.http(Otlp.TRACES, garbage).statusCode());
      case 2 -> assertEquals(400, post(Sender.PROTOBUF, "gzip", garbage));
      default ->
          assertEquals(400, post(Sender.JSON, "", "{\"resourceSpans\":[{]}".getBytes(UTF_8)));
    }
    refused.merge("malformed", 1L, Long::sum);
  }

  private void tooLarge() {
    byte[] zeros = new byte[8 * REQUEST_BYTES_MAX];
    switch (random.nextInt(3)) {
      case 0 -> assertEquals(Status.Code.RESOURCE_EXHAUSTED, sender.grpcGzip(Otlp.TRACES, zeros));
      case 1 -> assertEquals(413, post(Sender.PROTOBUF, "gzip", Sender.gzip(zeros)));
      default -> assertEquals(413, sender.announced(Otlp.TRACES, zeros));
    }
    refused.merge("too_large", 1L, Long::sum);
  }

  private void unsupported() {
    switch (random.nextInt(2)) {
      case 0 -> assertEquals(415, post("text/plain", "", new byte[3]));
      default -> assertEquals(415, post(Sender.PROTOBUF, "br", new byte[3]));
    }
    refused.merge("unsupported", 1L, Long::sum);
  }

  private int post(String type, String encoding, byte[] body) {
    return sender.http(Otlp.TRACES, type, encoding, body).statusCode();
  }

  /** Adds the books of another. */
  void add(Load other) {
    spans.addAll(other.spans);
    errors.addAll(other.errors);
    lines.addAll(other.lines);
    metrics.addAll(other.metrics);
    other.acknowledged.forEach((signal, count) -> acknowledged.merge(signal, count, Long::sum));
    other.refused.forEach((reason, count) -> refused.merge(reason, count, Long::sum));
  }
}
