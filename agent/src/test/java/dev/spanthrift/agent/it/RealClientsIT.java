package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real OpenTelemetry SDK in processes of its own, through the program, to a backend. */
@Timeout(300)
class RealClientsIT {
  private static final String OKHTTP = "sender-okhttp"; // the SDK's own choice
  private static final String JDK = "sender-jdk"; // offers HTTP/2 with its first request

  /** How an application is configured: by environment variables, and its HTTP client by jars. */
  enum Client {
    GRPC("grpc", "none", OKHTTP),
    GRPC_GZIP("grpc", "gzip", OKHTTP),
    HTTP("http/protobuf", "none", OKHTTP),
    HTTP_GZIP("http/protobuf", "gzip", OKHTTP),
    HTTP_JDK("http/protobuf", "none", JDK),
    HTTP_JDK_GZIP("http/protobuf", "gzip", JDK);

    private final String protocol;
    private final String compression;
    private final String sender;

    Client(String protocol, String compression, String sender) {
      this.protocol = protocol;
      this.compression = compression;
      this.sender = sender;
    }

    String service() {
      return "service-" + name();
    }
  }

  @TempDir static Path temp;
  private static OtlpBackend backend;
  private static Program program;
  private static final Map<Client, Program> clients = new EnumMap<>(Client.class);

  @BeforeAll
  static void start() throws Exception {
    backend = new GrpcBackend();
    program = new Launch(temp).to(backend).env("SPANTHRIFT_HOLD_PAUSE", "100ms").run();
    for (Client client : Client.values()) {
      clients.put(client, application(client, program.ports()));
    }
  }

  private static Program application(Client client, Program.Ports ports) throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(part -> !part.contains("exporter-sender-") || part.contains(client.sender))
            .collect(Collectors.joining(File.pathSeparator));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            SdkClient.class.getName());
    int port = client.protocol.equals("grpc") ? ports.grpc() : ports.http();
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + port,
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                client.protocol,
                "OTEL_EXPORTER_OTLP_COMPRESSION",
                client.compression,
                "OTEL_SERVICE_NAME",
                client.service(),
                "OTEL_RESOURCE_ATTRIBUTES",
                "deployment.environment=it",
                "OTEL_METRIC_EXPORT_INTERVAL",
                "3600000"));
    return new Program(builder.start(), "");
  }

  @AfterAll
  static void end() {
    clients.values().forEach(Program::close);
    program.close();
    backend.close();
  }

  @ParameterizedTest
  @EnumSource(Client.class)
  void everySpanArrivesAsTheSdkMadeIt(Client client) {
    Set<String> made = ended(client).lines().collect(Collectors.toSet());
    assertEquals(SdkClient.TRACES * SdkClient.SPANS_PER_TRACE, made.size());
    Await.until("the spans arrive", () -> spans(client).size() >= made.size());
    List<Span> arrived = spans(client);
    assertEquals(made, arrived.stream().map(RealClientsIT::line).collect(Collectors.toSet()));
    assertEquals(made.size(), arrived.size());
    Map<ByteString, Span> byId = new HashMap<>();
    arrived.forEach(span -> byId.put(span.getSpanId(), span));
    for (Span span : arrived) {
      if (span.getParentSpanId().isEmpty()) {
        assertRoot(span);
      } else {
        assertChild(span, byId.get(span.getParentSpanId()));
      }
    }
  }

  private static void assertRoot(Span span) {
    int trace = number(span.getName());
    Map<String, AnyValue> attributes = map(span.getAttributesList());
    assertEquals(Set.of("app.number", "app.ratio", "app.flag", "app.words"), attributes.keySet());
    assertEquals(trace, attributes.get("app.number").getIntValue());
    assertEquals(trace / 3.0, attributes.get("app.ratio").getDoubleValue());
    assertEquals(trace % 2 == 0, attributes.get("app.flag").getBoolValue());
    assertEquals("ä", attributes.get("app.words").getArrayValue().getValues(0).getStringValue());
    assertEquals(Span.SpanKind.SPAN_KIND_SERVER, span.getKind());
    assertTrue(span.getEndTimeUnixNano() >= span.getStartTimeUnixNano());
  }

  private static void assertChild(Span span, Span parent) {
    boolean failed = number(parent.getName()) < SdkClient.FAILED;
    assertEquals(parent.getTraceId(), span.getTraceId());
    assertEquals(Span.SpanKind.SPAN_KIND_CLIENT, span.getKind());
    assertEquals("half way", span.getEvents(0).getName());
    assertEquals(
        failed ? StatusCode.STATUS_CODE_ERROR : StatusCode.STATUS_CODE_UNSET,
        span.getStatus().getCode());
    if (failed) {
      assertEquals(
          "no " + number(parent.getName()),
          map(span.getEvents(1).getAttributesList()).get("exception.message").getStringValue());
    }
  }

  @ParameterizedTest
  @EnumSource(Client.class)
  void everyMetricArrivesWithItsSums(Client client) {
    ended(client);
    Await.until("the metrics arrive", () -> metrics(client).containsKey("app.duration"));
    Map<Boolean, Long> sums = new TreeMap<>();
    for (NumberDataPoint point : metrics(client).get("app.requests").getSum().getDataPointsList()) {
      sums.put(map(point.getAttributesList()).get("app.flag").getBoolValue(), point.getAsInt());
    }
    assertEquals(Map.of(false, 25L, true, 30L), sums);
    var histogram = metrics(client).get("app.duration").getHistogram().getDataPoints(0);
    assertEquals(SdkClient.DURATIONS.size(), histogram.getCount());
    assertEquals(7021.5, histogram.getSum());
  }

  @ParameterizedTest
  @EnumSource(Client.class)
  void everyLogRecordArrives(Client client) {
    ended(client);
    Await.until("the logs arrive", () -> logs(client).size() >= SdkClient.LOGS);
    assertEquals(
        IntStream.range(0, SdkClient.LOGS).mapToObj(i -> "line " + i).sorted().toList(),
        logs(client).stream().map(log -> log.getBody().getStringValue()).sorted().toList());
  }

  /** The SDK's own hook may come first; it then says so when the application ends it again. */
  private static final Pattern SDK_ENDS_TWICE =
      Pattern.compile(".*OpenTelemetrySdk shutdown\\R.*Multiple shutdown calls\\R?");

  /** What the application said, when it has ended well and without a complaint. */
  private static String ended(Client client) {
    Program application = clients.get(client);
    assertEquals(0, application.exit(), application::err);
    assertEquals("", SDK_ENDS_TWICE.matcher(application.err()).replaceAll(""));
    return application.out();
  }

  private static String line(Span span) {
    HexFormat hex = HexFormat.of();
    return "span "
        + hex.formatHex(span.getTraceId().toByteArray())
        + " "
        + hex.formatHex(span.getSpanId().toByteArray())
        + " "
        + span.getName();
  }

  private static int number(String name) {
    return Integer.parseInt(name.substring(name.lastIndexOf('/') + 1));
  }

  private static boolean isFrom(Client client, Resource resource) {
    Map<String, AnyValue> attributes = map(resource.getAttributesList());
    return attributes.get("service.name").getStringValue().equals(client.service())
        && attributes.get("deployment.environment").getStringValue().equals("it")
        && attributes.get("telemetry.sdk.language").getStringValue().equals("java");
  }

  private static Map<String, AnyValue> map(List<KeyValue> attributes) {
    return attributes.stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
  }

  private static List<Span> spans(Client client) {
    List<Span> spans = new ArrayList<>();
    for (OtlpBackend.Received received : backend.received(Otlp.TRACES)) {
      ((ExportTraceServiceRequest) received.message())
          .getResourceSpansList().stream()
              .filter(resource -> isFrom(client, resource.getResource()))
              .flatMap(resource -> resource.getScopeSpansList().stream())
              .filter(scope -> scope.getScope().getName().equals("it.tracer"))
              .forEach(scope -> spans.addAll(scope.getSpansList()));
    }
    return spans;
  }

  private static Map<String, Metric> metrics(Client client) {
    Map<String, Metric> metrics = new HashMap<>();
    for (OtlpBackend.Received received : backend.received(Otlp.METRICS)) {
      ((ExportMetricsServiceRequest) received.message())
          .getResourceMetricsList().stream()
              .filter(resource -> isFrom(client, resource.getResource()))
              .flatMap(resource -> resource.getScopeMetricsList().stream())
              .flatMap(scope -> scope.getMetricsList().stream())
              .forEach(metric -> metrics.put(metric.getName(), metric));
    }
    return metrics;
  }

  private static List<LogRecord> logs(Client client) {
    List<LogRecord> logs = new ArrayList<>();
    for (OtlpBackend.Received received : backend.received(Otlp.LOGS)) {
      ((ExportLogsServiceRequest) received.message())
          .getResourceLogsList().stream()
              .filter(resource -> isFrom(client, resource.getResource()))
              .flatMap(resource -> resource.getScopeLogsList().stream())
              .forEach(scope -> logs.addAll(scope.getLogRecordsList()));
    }
    return logs;
  }
}
