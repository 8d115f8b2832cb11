package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Limits;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.transport.Compressor;
import dev.spanthrift.exporter.transport.EncodedBody;
import dev.spanthrift.exporter.transport.SendResult;
import dev.spanthrift.exporter.transport.Sender;
import dev.spanthrift.exporter.transport.Timer;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** A refused request is divided until only what the backend meant is lost. */
class DivisionTest {
  /** Takes requests in which it likes every name, and refuses others as a whole. */
  private static final class Strict implements Sender {
    final Predicate<String> bad;
    final SendResult refusal;
    final List<String> taken = new ArrayList<>();
    final Compression compression;
    int requests;

    Strict(Predicate<String> bad, SendResult refusal, Compression compression) {
      this.bad = bad;
      this.refusal = refusal;
      this.compression = compression;
    }

    @Override
    public Runnable send(Signal signal, EncodedBody body, Consumer<SendResult> done) {
      requests++;
      List<String> names = names(signal, Compressor.plain(body, 1 << 24));
      if (names.stream().anyMatch(bad)) {
        done.accept(refusal);
      } else {
        taken.addAll(names);
        done.accept(SendResult.Accepted.PLAIN);
      }
      return () -> {};
    }

    @Override
    public boolean connected() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static final class Turns implements Timer {
    private record Task(long due, Runnable run) {}

    final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::due));
    long now;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void schedule(long delayNanos, Runnable task) {
      tasks.add(new Task(now + delayNanos, task));
    }

    void run() {
      runUntil(Long.MAX_VALUE);
    }

    void runUntil(long end) {
      while (!tasks.isEmpty() && tasks.element().due() <= end) {
        now = Math.max(now + 1, tasks.element().due());
        tasks.remove().run().run();
      }
    }
  }

  private static final SendResult REFUSED = new SendResult.Failed("status_400", "bad", true);

  private static List<String> names(Signal signal, byte[] request) {
    List<String> names = new ArrayList<>();
    try {
      switch (signal) {
        case TRACES ->
            ExportTraceServiceRequest.parseFrom(request)
                .getResourceSpansList()
                .forEach(
                    r ->
                        r.getScopeSpansList()
                            .forEach(s -> s.getSpansList().forEach(n -> names.add(n.getName()))));
        case LOGS ->
            ExportLogsServiceRequest.parseFrom(request)
                .getResourceLogsList()
                .forEach(
                    r ->
                        r.getScopeLogsList()
                            .forEach(
                                s ->
                                    s.getLogRecordsList()
                                        .forEach(n -> names.add(n.getSeverityText()))));
        case METRICS ->
            ExportMetricsServiceRequest.parseFrom(request)
                .getResourceMetricsList()
                .forEach(
                    r ->
                        r.getScopeMetricsList()
                            .forEach(
                                s ->
                                    s.getMetricsList()
                                        .forEach(
                                            m ->
                                                m.getGauge()
                                                    .getDataPointsList()
                                                    .forEach(p -> names.add("" + p.getAsInt())))));
        case PROFILES -> throw new IllegalArgumentException();
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    return names;
  }

  private final Turns turns = new Turns();

  private OtlpDestination destination(Strict backend) {
    ExportSettings settings =
        ExportSettings.of("strict", Protocol.GRPC, URI.create("http://nowhere:4317"))
            .withCompression(backend.compression)
            .withLimits(new Limits(64 << 20, 3, 8 << 20, 4 << 20, 4 << 20));
    return new OtlpDestination(settings, backend, turns, new Random(7), () -> {});
  }

  private static byte[] request(Signal signal, List<String> names, Random random) {
    return switch (signal) {
      case TRACES -> traces(names, random);
      case LOGS -> {
        var request = ExportLogsServiceRequest.newBuilder();
        var scope = request.addResourceLogsBuilder().addScopeLogsBuilder();
        names.forEach(name -> scope.addLogRecordsBuilder().setSeverityText(name));
        yield request.build().toByteArray();
      }
      case METRICS -> {
        var request = ExportMetricsServiceRequest.newBuilder();
        var metric = Metric.newBuilder().setName("m");
        names.forEach(
            name ->
                metric
                    .getGaugeBuilder()
                    .addDataPoints(NumberDataPoint.newBuilder().setAsInt(Long.parseLong(name))));
        request.addResourceMetricsBuilder().addScopeMetricsBuilder().addMetrics(metric);
        yield request.build().toByteArray();
      }
      case PROFILES -> throw new IllegalArgumentException();
    };
  }

  private static byte[] traces(List<String> names, Random random) {
    var request = ExportTraceServiceRequest.newBuilder();
    var scope = request.addResourceSpansBuilder().addScopeSpansBuilder();
    for (String name : names) {
      byte[] id = new byte[16];
      random.nextBytes(id);
      id[0] = 1;
      if (random.nextInt(5) == 0) {
        scope = request.addResourceSpansBuilder().addScopeSpansBuilder();
      }
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom(id))
              .setSpanId(ByteString.copyFrom(id, 0, name.endsWith("!") ? 5 : 8))
              .setName(name));
    }
    return request.build().toByteArray();
  }

  @Test
  void whateverABackendRefusesOnlyThatIsLostAndTheExtraRequestsAreFew() {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Signal signal = Signal.values()[random.nextInt(3)];
      int items = 1 + random.nextInt(400);
      int bad = random.nextInt(Math.min(items, 20) + 1);
      TreeSet<String> badNames = new TreeSet<>();
      while (badNames.size() < bad) {
        badNames.add("" + random.nextInt(items));
      }
      Compression compression = Compression.values()[random.nextInt(3)];
      Strict backend = new Strict(badNames::contains, REFUSED, compression);
      OtlpDestination destination = destination(backend);
      boolean spans = signal == Signal.TRACES;
      TreeSet<String> good = new TreeSet<>();
      int requests = 0;
      for (int at = 0; at < items; requests++) {
        List<String> names = new ArrayList<>();
        for (int n = 1 + random.nextInt(30); n > 0 && at < items; n--) {
          names.add("" + at++);
        }
        good.addAll(names);
        byte[] request = request(signal, names, random);
        assertTrue(destination.offer(new Shipment(signal, request, spans ? names.size() : 1)));
      }
      good.removeAll(badNames);
      turns.run();

      assertEquals(good, new TreeSet<>(backend.taken), "round " + round);
      assertEquals(good.size(), backend.taken.size(), "nothing twice");
      double each = 1 + Math.log(Math.max(2.0, items)) / Math.log(2);
      assertTrue(
          backend.requests <= 2 + 2 * bad * (each + 1),
          backend.requests + " requests for " + bad + " bad of " + items);
      assertTrue(Requests.sumsHold(destination), () -> "" + destination.status());
      assertEquals(0, destination.status().queuedBytes());
      var counts = Requests.counts(destination, signal);
      assertEquals(spans ? items : requests, counts.taken());
      if (spans) {
        assertEquals(bad == 0 ? Map.of() : Map.of("status_400", (long) bad), counts.failed());
      }
    }
  }

  @Test
  void spansThatTheSpecificationForbidsAreFoundWithOneExtraRequestForAllOthers() {
    Strict backend = new Strict(name -> name.endsWith("!"), REFUSED, Compression.GZIP);
    OtlpDestination destination = destination(backend);
    for (int i = 0; i < 20; i++) {
      List<String> names = List.of("a" + i, i % 7 == 3 ? "b!" : "b", "c" + i);
      byte[] request = traces(names, new Random(i));
      destination.offer(new Shipment(Signal.TRACES, request, 3));
    }
    turns.run();
    assertEquals(57, backend.taken.size());
    assertEquals(Map.of("status_400", 3L), Requests.counts(destination, Signal.TRACES).failed());
    assertTrue(backend.requests <= 3 + 4, "requests " + backend.requests);
  }

  @Test
  void aBackendThatRefusesEverythingIsNotStormed() {
    Strict backend = new Strict(name -> true, REFUSED, Compression.NONE);
    OtlpDestination destination = destination(backend);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      names.add("" + i);
    }
    destination.offer(new Shipment(Signal.TRACES, traces(names, new Random(1)), 4000));
    turns.run();
    assertTrue(backend.requests <= 600, "requests " + backend.requests);
    assertEquals(Map.of("status_400", 4000L), Requests.counts(destination, Signal.TRACES).failed());
  }

  @Test
  void whatIsAboutTheSenderIsNotDivided() {
    SendResult unknown = new SendResult.Failed("status_401", "who are you", false);
    Strict backend = new Strict(name -> true, unknown, Compression.NONE);
    OtlpDestination destination = destination(backend);
    destination.offer(new Shipment(Signal.TRACES, traces(List.of("a", "b"), new Random(1)), 2));
    turns.run();
    assertEquals(1, backend.requests);
  }

  @Test
  void aRequestThatNeverPassesWhereOthersDoIsDividedToo() {
    SendResult busy = new SendResult.Again("status_503", "", SendResult.Again.OWN_BACKOFF, true);
    Strict backend = new Strict("7"::equals, busy, Compression.ZSTD);
    OtlpDestination destination = destination(backend);
    for (int i = 0; i < 20; i++) {
      List<String> names = List.of("" + i, "x");
      destination.offer(new Shipment(Signal.TRACES, traces(names, new Random(i)), 2));
      turns.runUntil(turns.now + 1_000_000_000L);
    }
    turns.run();
    assertEquals(39, backend.taken.size(), () -> backend.taken + " " + destination.status());
    assertEquals(
        Map.of("retries_exhausted", 1L), Requests.counts(destination, Signal.TRACES).failed());
  }

  @Test
  void aRequestOfLogsIsOneAndItsLossIsCalledPartly() {
    Strict backend = new Strict("7"::equals, REFUSED, Compression.ZSTD);
    OtlpDestination destination = destination(backend);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      names.add("" + i);
    }
    byte[] request = request(Signal.LOGS, names, new Random(1));
    destination.offer(new Shipment(Signal.LOGS, request, 1));
    turns.run();
    assertEquals(9, backend.taken.size());
    assertEquals(
        Map.of("partly_status_400", 1L), Requests.counts(destination, Signal.LOGS).failed());
    assertTrue(Requests.sumsHold(destination));
    assertTrue(destination.status().divided() > 0);
  }
}
