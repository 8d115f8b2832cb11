package dev.spanthrift.agent.telemetry;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.spanthrift.agent.pipeline.KillSwitch;
import dev.spanthrift.agent.pipeline.MadeStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.agent.receive.TestKeys;
import dev.spanthrift.exporter.destination.Destinations;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.settings.Tls;
import dev.spanthrift.sampler.SamplerCounts.Fate;
import dev.spanthrift.sampler.SamplerCounts.Held;
import dev.spanthrift.sampler.SamplerCounts.Received;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an OTLP server that is none of ours decodes. */
class OwnTelemetryTest {
  private static final Duration OFTEN = Duration.ofSeconds(1);

  private final List<ExportMetricsServiceRequest> requests = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  @TempDir private Path files;
  private HttpServer backend;

  @BeforeEach
  void start() throws IOException {
    backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    backend.createContext("/v1/metrics", this::take);
    backend.start();
  }

  @AfterEach
  void stop() {
    backend.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream body = new GZIPInputStream(exchange.getRequestBody())) {
      requests.add(ExportMetricsServiceRequest.parseFrom(body));
      authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private record View(Supplier<List<MeasuredOperation>> operations) implements PipelineView {
    @Override
    public PipelineStatus status() {
      return OwnTelemetryTest.status();
    }

    @Override
    public List<MeasuredOperation> measured() {
      return operations.get();
    }

    @Override
    public List<PolicyCounts> policies() {
      PolicyCounts.Amount none = new PolicyCounts.Amount(0, 0, 0);
      PolicyCounts.Amount some = new PolicyCounts.Amount(3, 40, 5_000);
      PolicyCounts.Amount more = new PolicyCounts.Amount(2, 30, 4_000);
      return List.of(new PolicyCounts("trial", true, some, some, none, none, none, more, none));
    }

    @Override
    public Phase phase() {
      return Phase.READY;
    }

    @Override
    public void usePolicy(PolicyVersion policy) {}

    @Override
    public void killSwitch(KillSwitch killSwitch) {}

    @Override
    public KillSwitch killSwitch() {
      return KillSwitch.OFF;
    }
  }

  private static PipelineStatus status() {
    return MadeStatus.status(
        0,
        1,
        Map.of(Signal.TRACES, new PipelineStatus.Offers(5, 4, 0, 900, 0, Map.of("TOO_LARGE", 1L))),
        MadeStatus.spans(
            new Received(100, 9_000, 0),
            new Held(7, 20, 1_234, 99_999, 55),
            new Fate(50, 4_500, Map.of("error", 50L)),
            new Fate(30, 2_700, Map.of("rate", 30L))),
        new PipelineStatus.Shipping(48, 0, Map.of("shutdown", 2L)),
        List.of(),
        List.of(new PipelineStatus.Identity("received = held + kept + dropped", 100, 100)));
  }

  private OwnTelemetrySettings settings(Duration interval) {
    URI url = URI.create("http://localhost:" + backend.getAddress().getPort());
    return settings(ExportSettings.of("own", Protocol.HTTP_PROTOBUF, url), interval);
  }

  private static OwnTelemetrySettings settings(ExportSettings to, Duration interval) {
    return new OwnTelemetrySettings(
        to.withHeaders(Map.of("authorization", "secret-9")).withCompression(Compression.GZIP),
        interval,
        "pod-1");
  }

  private static OwnTelemetry start(
      OwnTelemetrySettings settings, Supplier<List<MeasuredOperation>> measured) {
    return OwnTelemetry.start(
        settings,
        Destinations.open(settings.destination()),
        () -> StatusFigures.of(new View(measured)),
        measured);
  }

  /** The SDK's timer begins before there is anything to read: the first may be empty. */
  private void send(OwnTelemetrySettings settings, Supplier<List<MeasuredOperation>> measured) {
    try (OwnTelemetry telemetry = start(settings, measured)) {
      await().atMost(Duration.ofSeconds(60)).until(() -> requests.size() >= 2);
    }
  }

  @Test
  void arrivesAsOtlpWithEveryFigure() {
    send(settings(OFTEN), List::of);
    assertEveryFigure();
  }

  @Test
  void arrivesOverGrpcWithEveryFigure() throws Exception {
    try (MetricsServer server = new MetricsServer(requests, authorizations, null)) {
      send(settings(grpc("http", server.port()), OFTEN), List::of);
    }
    assertEveryFigure();
  }

  @Test
  void arrivesOverGrpcWithTls() throws Exception {
    TestKeys keys = TestKeys.create(files, "backend");
    try (MetricsServer server = new MetricsServer(requests, authorizations, keys)) {
      ExportSettings to = grpc("https", server.port());
      start(settings(to, Duration.ofHours(1)), List::of).close();
      assertEquals(0, requests.size(), "a server of an unknown authority was given our metrics");
      send(settings(to.withTls(new Tls(keys.certificate(), null, null, false)), OFTEN), List::of);
    }
    assertEveryFigure();
  }

  private static ExportSettings grpc(String scheme, int port) {
    return ExportSettings.of("own", Protocol.GRPC, URI.create(scheme + "://localhost:" + port));
  }

  private void assertEveryFigure() {
    Map<String, Long> points = points(requests.getLast());
    assertEquals(50, points.get("spanthrift.spans{decision=keep, reason=error}"));
    assertEquals(30, points.get("spanthrift.spans{decision=drop, reason=rate}"));
    assertEquals(1, points.get("spanthrift.requests{outcome=refused_too_large, signal=traces}"));
    assertEquals(1_234, points.get("spanthrift.held.size{}"));
    String trial = "{outcome=%s, policy=trial, shadow=true}";
    assertEquals(3, points.get("spanthrift.policy.traces" + trial.formatted("kept")));
    assertEquals(2, points.get("spanthrift.policy.traces" + trial.formatted("kept_more")));
    assertEquals(4_000, points.get("spanthrift.policy.size" + trial.formatted("kept_more")));
    assertEquals(0, points.get("spanthrift.identity.gap{law=received = held + kept + dropped}"));
    assertEquals("secret-9", authorizations.getFirst());
    String resource = requests.getLast().getResourceMetrics(0).getResource().toString();
    assertTrue(resource.contains("spanthrift") && resource.contains("pod-1"), resource);
  }

  @Test
  void operationsArriveAsExponentialHistograms() {
    send(settings(OFTEN), OwnTelemetryTest::measured);
    List<Metric> metrics = metrics(requests.getLast());
    ExponentialHistogramDataPoint point =
        only(metrics, "spanthrift.operation.duration").getExponentialHistogram().getDataPoints(0);
    assertEquals(5, point.getCount());
    assertEquals(1, point.getZeroCount());
    assertEquals(2, point.getScale());
    assertEquals(107, point.getPositive().getOffset());
    assertEquals(List.of(3L, 0L, 1L), point.getPositive().getBucketCountsList());
    NumberDataPoint errors = only(metrics, "spanthrift.operation.errors").getSum().getDataPoints(0);
    assertEquals(2, errors.getAsInt());
    assertEquals(point.getAttributesList(), errors.getAttributesList());
  }

  /** All, of the SDK's own scope too, which comes with the second export. */
  private static List<Metric> metrics(ExportMetricsServiceRequest request) {
    return request.getResourceMetrics(0).getScopeMetricsList().stream()
        .flatMap(scope -> scope.getMetricsList().stream())
        .toList();
  }

  private static Metric only(List<Metric> metrics, String name) {
    return metrics.stream().filter(m -> m.getName().equals(name)).findFirst().orElseThrow();
  }

  private static List<MeasuredOperation> measured() {
    long[] buckets = {3, 0, 1};
    return List.of(new MeasuredOperation("cart", "GET /", 5, 2, 700, 9e9, 1, 107, buckets));
  }

  @Test
  void sendsALastTimeWhenClosed() {
    start(settings(Duration.ofHours(1)), List::of).close();
    assertEquals(1, requests.size());
  }

  @Test
  void refusesAnIntervalOfNothingAndHidesHeaderValues() {
    assertThrows(IllegalArgumentException.class, () -> settings(Duration.ZERO));
    assertFalse(settings(Duration.ofSeconds(1)).toString().contains("secret-9"));
  }

  private static Map<String, Long> points(ExportMetricsServiceRequest request) {
    Map<String, Long> points = new TreeMap<>();
    for (Metric metric : metrics(request)) {
      List<NumberDataPoint> all =
          metric.hasSum()
              ? metric.getSum().getDataPointsList()
              : metric.getGauge().getDataPointsList(); // of a histogram: none
      for (NumberDataPoint point : all) {
        Map<String, String> labels = new TreeMap<>();
        point
            .getAttributesList()
            .forEach(a -> labels.put(a.getKey(), a.getValue().getStringValue()));
        points.put(metric.getName() + labels, point.getAsInt());
      }
    }
    return points;
  }
}
