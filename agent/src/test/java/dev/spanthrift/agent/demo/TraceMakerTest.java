package dev.spanthrift.agent.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the simulator writes by hand, read by the generated classes. */
class TraceMakerTest {
  private static final long NOW = 1_764_000_000_000_000_000L;

  private static List<Span> spans(TraceMaker maker) throws Exception {
    List<Span> spans = new ArrayList<>();
    for (Map.Entry<String, ServiceBatch> entry : maker.batches().entrySet()) {
      if (entry.getValue().count() == 0) {
        continue;
      }
      int count = entry.getValue().count();
      ExportTraceServiceRequest request =
          ExportTraceServiceRequest.parseFrom(entry.getValue().flush());
      ResourceSpans only = request.getResourceSpans(0);
      assertEquals(entry.getKey(), only.getResource().getAttributes(0).getValue().getStringValue());
      assertEquals("dev.spanthrift.demo", only.getScopeSpans(0).getScope().getName());
      assertEquals(count, only.getScopeSpans(0).getSpansCount());
      assertTrue(request.getUnknownFields().asMap().isEmpty());
      spans.addAll(only.getScopeSpans(0).getSpansList());
    }
    return spans;
  }

  @Test
  void aTraceIsATreeInsideItsRootsTimes() throws Exception {
    TraceMaker maker = new TraceMaker(1);
    for (int i = 0; i < 500; i++) {
      TraceMaker.Made made = maker.make(NOW, i % 2 == 0);
      List<Span> spans = spans(maker);
      assertEquals(made.spans(), spans.size());
      Map<ByteString, Span> byId = new HashMap<>();
      spans.forEach(span -> byId.put(span.getSpanId(), span));
      assertEquals(spans.size(), byId.size(), "ids are unique");
      Span root = spans.stream().filter(s -> s.getParentSpanId().isEmpty()).findFirst().get();
      assertEquals(NOW, root.getStartTimeUnixNano());
      for (Span span : spans) {
        assertEquals(root.getTraceId(), span.getTraceId());
        assertEquals(16, span.getTraceId().size());
        if (span != root) {
          Span parent = byId.get(span.getParentSpanId());
          assertTrue(parent.getStartTimeUnixNano() <= span.getStartTimeUnixNano());
          assertTrue(parent.getEndTimeUnixNano() >= span.getEndTimeUnixNano());
        }
      }
      boolean failed = root.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR;
      assertEquals(made.error(), failed);
      assertEquals(
          made.error(),
          spans.stream()
              .anyMatch(s -> s.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR));
    }
  }

  @Test
  void theSameSeedMakesTheSameTraces() {
    TraceMaker one = new TraceMaker(5);
    TraceMaker two = new TraceMaker(5);
    for (int i = 0; i < 100; i++) {
      assertEquals(one.make(NOW, false), two.make(NOW, false));
    }
    one.batches()
        .forEach(
            (service, batch) ->
                assertArrayEquals(batch.flush(), two.batches().get(service).flush(), service));
  }

  @Test
  void trafficHasErrorsRarePathsAndAnIncidentInAllTwelveServices() {
    TraceMaker maker = new TraceMaker(2);
    int errors = 0;
    int rare = 0;
    int during = 0;
    int spans = 0;
    Set<String> services = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      TraceMaker.Made made = maker.make(NOW, false);
      spans += made.spans();
      errors += made.error() ? 1 : 0;
      rare += made.rare() ? 1 : 0;
      during += maker.make(NOW, true).error() ? 1 : 0;
      maker
          .batches()
          .forEach(
              (service, batch) -> {
                if (batch.count() > 0) {
                  services.add(service);
                  batch.flush();
                }
              });
    }
    assertEquals(Set.copyOf(Shop.SERVICES), services);
    assertEquals(12, services.size());
    assertTrue(errors > 50 && errors < 500, "errors " + errors);
    assertTrue(during > 2 * errors, "errors in the incident " + during + " after " + errors);
    assertTrue(rare > 10 && rare < 200, "rare " + rare);
    assertTrue(spans / 20_000 >= 5, "spans a trace " + spans / 20_000);
  }
}
