package dev.spanthrift.agent.control.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.control.FakePipeline;
import dev.spanthrift.agent.control.operation.OperationHistory;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.agent.pipeline.MadeStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SlowQueries;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.SpanContents;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AlertWatchTest {
  private final AlertSettings settings = SettingsLoader.defaults().alerts();
  private final FakePipeline pipeline = new FakePipeline();
  private final List<Alert> told = new ArrayList<>();
  private long now = 1_700_000_000_000L;
  private double spent = 10;
  private Spend.@Nullable ForecastBand forecast;
  private final AlertBook book = new AlertBook(settings, null, () -> now, told::add);
  private final SlowQueries queries = new SlowQueries(settings.slowQuery());
  private final AlertWatch watch =
      new AlertWatch(settings, book, this::spend, () -> pipeline.fleet, queries, () -> now);

  private Spend spend() {
    return MonthlySpend.of(spent, forecast);
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      now += 10_000;
      watch.look(pipeline.status);
    }
  }

  private List<String> rules() {
    return told.stream().map(Alert::rule).toList();
  }

  private PipelineStatus with(DestinationStatus destination) {
    PipelineStatus status = pipeline.status;
    return new PipelineStatus(
        status.startedUnixMillis(),
        status.nowUnixMillis(),
        status.signals(),
        status.spans(),
        status.shipping(),
        status.learned(),
        List.of(destination),
        status.identities());
  }

  private static DestinationStatus destination(boolean away, long queued) {
    return new DestinationStatus(
        "default", !away, away, queued, 1_000, 0, 0, 0, Map.of(), Map.of(), "");
  }

  @Test
  void aBudgetThatIsSpentOrWillBe() {
    look(3);
    assertEquals(List.of(), rules());
    forecast = new Spend.ForecastBand(120, 110, 130);
    look(3);
    assertEquals(List.of("forecast"), rules());
    assertTrue(told.getFirst().text().contains("USD 120.00"), told.toString());
    spent = 100;
    look(3);
    assertEquals(List.of("forecast", "budgetUsed"), rules());
  }

  @Test
  void aDestinationThatIsAwayForAMinuteAndItsQueue() {
    pipeline.status = with(destination(true, 100));
    look(6);
    assertEquals(List.of(), rules(), "50 s");
    look(1);
    assertEquals(List.of("destinationAway"), rules());
    pipeline.status = with(destination(true, 600));
    look(1);
    assertEquals(List.of("destinationAway", "queueFilling"), rules());
    pipeline.status = with(destination(false, 0));
    look(10);
    assertEquals(2, told.stream().filter(alert -> alert.state().equals("resolved")).count());
  }

  private static FleetStatus away(long seconds) {
    return new FleetStatus(
        "default",
        "one",
        "Redis 7.0.15, standalone",
        true,
        seconds,
        "gone",
        2,
        true,
        1.5,
        9,
        new FleetStatus.EngineTraffic(10, 11, 12, 13, 14, 15, 1),
        Map.of(),
        new FleetStatus.Wholeness(0, 1, null, 0., 5, 2),
        "");
  }

  @Test
  void theFleetsEngine() {
    pipeline.fleet = null;
    look(2);
    pipeline.fleet = away(30);
    look(2);
    assertEquals(List.of(), rules());
    pipeline.fleet = away(60);
    look(1);
    assertEquals(List.of("engineAway"), rules());
  }

  private static PipelineStatus overShare(long traces) {
    SamplerCounts.Fate none = new SamplerCounts.Fate(0, 0, Map.of());
    return MadeStatus.status(
        0,
        0,
        Map.of(),
        new SamplerCounts(
            new SamplerCounts.Received(0, 0, 0),
            new SamplerCounts.Held(0, 0, 0, 0, 0),
            none,
            none,
            0,
            traces,
            new SamplerCounts.Overflow(0, 0),
            SpanContents.NONE,
            Map.of(),
            new SamplerCounts.Ids(0, 0)),
        new PipelineStatus.Shipping(0, 0, Map.of()),
        List.of(),
        List.of());
  }

  @Test
  void policiesThatKeepBeyondTheirShare() {
    pipeline.status = overShare(70);
    look(7);
    assertEquals(List.of(), rules(), "what was before it began is nobody's minute");
    pipeline.status = overShare(75);
    look(6);
    assertEquals(List.of("mustKeep"), rules());
    assertTrue(told.getFirst().text().contains("5 traces a minute"), told.toString());
    look(14);
    assertEquals("resolved", told.getLast().state());
  }

  @Test
  void aStatementThatTakesLong() {
    Span slow =
        Span.newBuilder()
            .setStartTimeUnixNano(1)
            .setEndTimeUnixNano(2_500_000_001L)
            .addAttributes(attribute("db.system", "postgresql"))
            .addAttributes(attribute("db.statement", "SELECT * FROM users WHERE name = 'ann'"))
            .build();
    byte[] request =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(slow)))
            .build()
            .toByteArray();
    look(1);
    queries.look(new Scanner(10).scan(request, 0, request.length));
    look(6);
    assertEquals(List.of("slowQuery"), rules());
    assertEquals(
        "1 spans in a minute took up to 2.50 s: postgresql: SELECT * FROM users WHERE name = ?",
        told.getFirst().text());
    look(14);
    assertEquals("resolved", told.getLast().state());
  }

  private static KeyValue attribute(String key, String text) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(text))
        .build();
  }

  private OperationHistory.Reading reading(long spans, long errors, long millis) {
    int bucket = (int) Math.floor(4 * Math.log(millis * 1e6) / Math.log(2));
    MeasuredOperation pay =
        new MeasuredOperation(
            "shop", "pay", spans, errors, spans * 100, 1e9, 0, bucket, new long[] {spans});
    return new OperationHistory.Reading(
        now, Map.of(new OperationHistory.Key("shop", "pay"), pay), Map.of());
  }

  /** One more minute of 1,000 spans. */
  private OperationHistory.Minute minute(long errors, long millis) {
    OperationHistory.Reading nothing = new OperationHistory.Reading(now, Map.of(), Map.of());
    return new OperationHistory.Minute(nothing, reading(1_000, errors, millis));
  }

  @Test
  void anOperationThatFailsMoreOftenThanUsual() {
    System.out.println("seed 5");
    Random random = new Random(5);
    for (int i = 0; i < 60; i++) {
      watch.look(minute(10 + random.nextInt(5), 100));
      look(6);
    }
    assertEquals(List.of(), rules(), "chance is no anomaly");
    watch.look(minute(60, 100));
    look(1);
    assertEquals(List.of("errorRate"), rules());
    assertEquals("pay of shop", told.getFirst().subject());
    watch.look(minute(12, 100));
    look(10);
    assertEquals("resolved", told.getLast().state());
  }

  @Test
  void anOperationThatTakesLongerThanUsualTwoMinutesInARow() {
    for (int i = 0; i < 10; i++) {
      watch.look(minute(0, 100));
    }
    watch.look(minute(0, 1_000));
    look(1);
    assertEquals(List.of(), rules());
    watch.look(minute(0, 1_000));
    look(1);
    assertEquals(List.of("latency"), rules());
  }

  @Test
  void whatIsNewIsLearnedFirst() {
    for (int i = 0; i < Anomalies.WINDOWS_LEAST; i++) {
      watch.look(minute(i * 100, 100L << i));
      look(1);
    }
    assertEquals(List.of(), rules());
  }
}
