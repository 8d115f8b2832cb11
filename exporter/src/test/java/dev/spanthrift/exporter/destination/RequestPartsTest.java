package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestPartsTest {
  private static final Span GOOD =
      Span.newBuilder().setTraceId(id(16)).setSpanId(id(8)).setName("good").build();

  private static ByteString id(int length) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) 7);
    return ByteString.copyFrom(bytes);
  }

  private static KeyValue attribute(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  private static RequestParts parts(Signal signal, byte[] request) {
    RequestParts parts = RequestParts.of(signal, request);
    assertNotNull(parts);
    return parts;
  }

  private static RequestParts ofSpans(Span... spans) {
    var request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpansBuilder().addAllSpans(List.of(spans));
    byte[] bytes = request.build().toByteArray();
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] == '~' ? (byte) 0xff : bytes[i]; // the classes write no broken text
    }
    return parts(Signal.TRACES, bytes);
  }

  @Test
  void anyChoiceOfSpansKeepsTheirResourceAndScopeAndNothingElse() throws Exception {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      ExportTraceServiceRequest request = randomRequest(random);
      RequestParts parts = parts(Signal.TRACES, request.toByteArray());
      BitSet chosen = new BitSet();
      for (int leaf = 0; leaf < parts.leaves(); leaf++) {
        chosen.set(leaf, random.nextBoolean());
      }
      assertEquals(only(request, chosen), ExportTraceServiceRequest.parseFrom(parts.only(chosen)));
      BitSet all = new BitSet();
      all.set(0, parts.leaves());
      assertArrayEquals(request.toByteArray(), parts.only(all));
    }
  }

  private static ExportTraceServiceRequest randomRequest(Random random) {
    var request = ExportTraceServiceRequest.newBuilder();
    for (int r = random.nextInt(3); r >= 0; r--) {
      var resource = request.addResourceSpansBuilder().setSchemaUrl("r" + r);
      resource.getResourceBuilder().addAttributes(attribute("r", AnyValue.getDefaultInstance()));
      for (int s = random.nextInt(3); s > 0; s--) {
        var scope = resource.addScopeSpansBuilder().setSchemaUrl("s" + s);
        scope.getScopeBuilder().setName("scope" + s);
        for (int n = random.nextInt(4); n > 0; n--) {
          scope.addSpans(GOOD.toBuilder().setName("n".repeat(random.nextInt(300))));
        }
      }
    }
    return request.build();
  }

  /** By the generated classes; what has nothing below it is a leaf too. */
  private static ExportTraceServiceRequest only(ExportTraceServiceRequest request, BitSet chosen) {
    var out = ExportTraceServiceRequest.newBuilder();
    int leaf = 0;
    for (ResourceSpans resource : request.getResourceSpansList()) {
      var to = resource.toBuilder().clearScopeSpans();
      boolean any = false;
      for (var scope : resource.getScopeSpansList()) {
        var spans = scope.toBuilder().clearSpans();
        boolean some = scope.getSpansCount() == 0 && chosen.get(leaf++);
        for (Span span : scope.getSpansList()) {
          if (chosen.get(leaf++)) {
            spans.addSpans(span);
            some = true;
          }
        }
        if (some) {
          to.addScopeSpans(spans);
          any = true;
        }
      }
      any |= resource.getScopeSpansCount() == 0 && chosen.get(leaf++);
      if (any) {
        out.addResourceSpans(to);
      }
    }
    return out.build();
  }

  @Test
  void itIsCutBesideAResourceRatherThanInTheMiddleOfOne() {
    var request = ExportTraceServiceRequest.newBuilder();
    for (int spans : new int[] {3, 1, 9}) {
      var scope = request.addResourceSpansBuilder().addScopeSpansBuilder();
      for (int i = 0; i < spans; i++) {
        scope.addSpans(GOOD);
      }
    }
    assertEquals(4, parts(Signal.TRACES, request.build().toByteArray()).middle());
    assertEquals(2, ofSpans(GOOD, GOOD, GOOD, GOOD).middle());
    assertEquals(1, ofSpans(GOOD, GOOD).middle());
  }

  @Test
  void logRecordsAndDataPointsAreLeavesToo() throws Exception {
    var logs = ExportLogsServiceRequest.newBuilder();
    var records = logs.addResourceLogsBuilder().addScopeLogsBuilder();
    records.addLogRecordsBuilder().setSeverityText("one");
    records.addLogRecordsBuilder().setSeverityText("two");
    BitSet second = new BitSet();
    second.set(1);
    var kept =
        ExportLogsServiceRequest.parseFrom(
            parts(Signal.LOGS, logs.build().toByteArray()).only(second));
    assertEquals("two", kept.getResourceLogs(0).getScopeLogs(0).getLogRecords(0).getSeverityText());

    RequestParts points = parts(Signal.METRICS, metrics().toByteArray());
    assertEquals(5, points.leaves());
    var metric =
        ExportMetricsServiceRequest.parseFrom(points.only(second))
            .getResourceMetrics(0)
            .getScopeMetrics(0)
            .getMetrics(0);
    assertEquals("sum", metric.getName());
    assertEquals(2, metric.getSum().getDataPoints(0).getAsInt());
    assertTrue(metric.getSum().getIsMonotonic());
  }

  private static ExportMetricsServiceRequest metrics() {
    var request = ExportMetricsServiceRequest.newBuilder();
    var scope = request.addResourceMetricsBuilder().addScopeMetricsBuilder();
    var sum = Metric.newBuilder().setName("sum");
    sum.getSumBuilder().setIsMonotonic(true);
    sum.getSumBuilder().addDataPoints(NumberDataPoint.newBuilder().setAsInt(1));
    sum.getSumBuilder().addDataPoints(NumberDataPoint.newBuilder().setAsInt(2));
    var histogram = Metric.newBuilder().setName("histogram");
    histogram
        .getHistogramBuilder()
        .addDataPoints(
            HistogramDataPoint.newBuilder()
                .addAttributes(attribute("k", AnyValue.getDefaultInstance()))
                .addBucketCounts(3));
    var exponential = Metric.newBuilder().setName("exponential");
    var point = ExponentialHistogramDataPoint.newBuilder();
    point.getPositiveBuilder().setOffset(1).addBucketCounts(2);
    point.getNegativeBuilder().setOffset(1).addBucketCounts(2);
    exponential.getExponentialHistogramBuilder().addDataPoints(point);
    scope.addMetrics(sum).addMetrics(histogram).addMetrics(exponential);
    scope.addMetrics(Metric.newBuilder().setName("no data"));
    return request.build();
  }

  @Test
  void whatTheSpecificationAllowsIsNotCalledMalformed() {
    AnyValue deep = AnyValue.newBuilder().setStringValue("ä€😀").build();
    for (int i = 0; i < 6; i++) {
      var list = AnyValue.newBuilder();
      list.getKvlistValueBuilder().addValues(attribute("k", deep));
      deep = list.build();
    }
    Span full =
        GOOD.toBuilder()
            .setParentSpanId(id(8))
            .addAttributes(attribute("k", deep))
            .addLinks(Span.Link.newBuilder().setTraceId(id(16)).setSpanId(id(8)))
            .addEvents(Span.Event.newBuilder().setName("e"))
            .build();
    assertEquals(new BitSet(), ofSpans(GOOD, full, GOOD).malformed());
    assertEquals(new BitSet(), parts(Signal.METRICS, metrics().toByteArray()).malformed());
  }

  @Test
  void whatTheSpecificationForbidsIsFoundWhereverItStands() {
    String broken = "broken ~ text";
    AnyValue nested = AnyValue.newBuilder().setStringValue("leaf").build();
    for (int i = 0; i < 60; i++) {
      var list = AnyValue.newBuilder();
      list.getArrayValueBuilder().addValues(nested);
      nested = list.build();
    }
    AnyValue text = AnyValue.newBuilder().setStringValue(broken).build();
    var link = Span.Link.newBuilder().setTraceId(id(16)).setSpanId(id(8));
    List<Span> bad = new ArrayList<>();
    bad.add(GOOD.toBuilder().setName(broken).build());
    bad.add(GOOD.toBuilder().setTraceState(broken).build());
    bad.add(GOOD.toBuilder().setSpanId(id(16)).build());
    bad.add(GOOD.toBuilder().clearSpanId().build());
    bad.add(GOOD.toBuilder().setSpanId(ByteString.copyFrom(new byte[8])).build());
    bad.add(GOOD.toBuilder().setTraceId(id(15)).build());
    bad.add(GOOD.toBuilder().setParentSpanId(id(4)).build());
    bad.add(GOOD.toBuilder().addLinks(link.clone().setSpanId(id(3))).build());
    bad.add(GOOD.toBuilder().addLinks(link.clone().clearTraceId()).build());
    bad.add(GOOD.toBuilder().addAttributes(attribute("", AnyValue.getDefaultInstance())).build());
    bad.add(GOOD.toBuilder().addAttributes(attribute("k", text)).build());
    bad.add(GOOD.toBuilder().addAttributes(attribute("k", nested)).build());
    var event = Span.Event.newBuilder().setName("e").addAttributes(attribute("k", text));
    bad.add(GOOD.toBuilder().addEvents(event).build());
    var status = io.opentelemetry.proto.trace.v1.Status.newBuilder().setMessage(broken);
    bad.add(GOOD.toBuilder().setStatus(status).build());
    for (Span span : bad) {
      BitSet second = new BitSet();
      second.set(1);
      assertEquals(second, ofSpans(GOOD, span, GOOD).malformed(), span::toString);
    }
  }

  @Test
  void aBrokenResourceMarksAllThatStandsBelowIt() {
    var request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(GOOD);
    var resource = request.addResourceSpansBuilder();
    resource.getResourceBuilder().addAttributes(attribute("", AnyValue.getDefaultInstance()));
    resource.addScopeSpansBuilder().addSpans(GOOD).addSpans(GOOD);
    BitSet below = new BitSet();
    below.set(1, 3);
    assertEquals(below, parts(Signal.TRACES, request.build().toByteArray()).malformed());
  }

  @Test
  void w10_profilesAndWhatIsNoRequestAreNotDivided() {
    assertNull(RequestParts.of(Signal.PROFILES, new byte[0]));
    assertNull(RequestParts.of(Signal.TRACES, new byte[] {0, 1}));
    assertEquals(0, parts(Signal.TRACES, new byte[0]).leaves());
  }
}
