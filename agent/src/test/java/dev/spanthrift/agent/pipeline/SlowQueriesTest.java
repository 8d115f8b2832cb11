package dev.spanthrift.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SlowQueriesTest {
  private final SlowQueries queries = new SlowQueries(Duration.ofSeconds(1));
  private final Scanner scanner = new Scanner(1_000);

  private void span(long millis, Map<String, String> attributes) {
    Span.Builder span =
        Span.newBuilder().setStartTimeUnixNano(1).setEndTimeUnixNano(1 + millis * 1_000_000);
    attributes.forEach(
        (key, value) ->
            span.addAttributes(
                KeyValue.newBuilder()
                    .setKey(key)
                    .setValue(AnyValue.newBuilder().setStringValue(value))));
    byte[] request =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
            .build()
            .toByteArray();
    queries.look(scanner.scan(request, 0, request.length));
  }

  private void statement(long millis, String text) {
    span(millis, Map.of("db.system", "postgresql", "db.statement", text));
  }

  @Test
  void groupsByTheShapeOfTheStatement() {
    statement(1_500, "SELECT * FROM users WHERE id = 17");
    statement(3_000, "SELECT *  FROM users\n WHERE id = 4711");
    statement(2_000, "SELECT * FROM users WHERE name = 'O''Neil \\' x'");
    List<SlowQueries.SlowShape> shapes = queries.read();
    assertEquals(
        List.of(
            "postgresql: SELECT * FROM users WHERE id = ?",
            "postgresql: SELECT * FROM users WHERE name = ?"),
        shapes.stream().map(SlowQueries.SlowShape::statement).toList());
    assertEquals(2, shapes.getFirst().spans());
    assertEquals(3_000_000_000L, shapes.getFirst().slowestNanos());
    assertEquals(0, queries.read().getFirst().slowestNanos(), "of what came since");
  }

  @Test
  void onlyWhatIsSlowAndOfADatabase() {
    statement(1_000, "SELECT 1");
    span(5_000, Map.of("http.route", "/"));
    assertEquals(List.of(), queries.read());
    span(5_000, Map.of("db.system.name", "redis", "db.query.text", "GET user:8731"));
    assertEquals("redis: GET user:?", queries.read().getFirst().statement());
  }

  @Test
  void noValueIsLeft() {
    for (String secret : List.of("hunter2hunter2", "4111111111111111", "0xdeadbeef12")) {
      String shape = StatementShape.of("UPDATE t SET a='" + secret + "', b=" + secret);
      assertFalse(shape.contains(secret), shape);
    }
    assertEquals("x IN (?)", StatementShape.of("x IN (1, 2,3 , 4)"));
    assertEquals("INSERT INTO t2 VALUES (?)", StatementShape.of("INSERT INTO t2 VALUES (1.5,'a')"));
    assertEquals("a = ?", StatementShape.of("a = 'never closed"));
  }

  @Test
  void shapesAreBounded() {
    for (int i = 0; i < 3 * SlowQueries.SHAPES_MAX; i++) {
      statement(2_000, "SELECT a FROM " + "t".repeat(i % 30 + 1) + "_" + "abc".repeat(i / 30 + 1));
    }
    List<SlowQueries.SlowShape> shapes = queries.read();
    assertTrue(shapes.size() <= SlowQueries.SHAPES_MAX + 1, shapes.toString());
    assertEquals(
        3 * SlowQueries.SHAPES_MAX, shapes.stream().mapToLong(SlowQueries.SlowShape::spans).sum());
    assertTrue(StatementShape.of("x ".repeat(1_000)).length() <= StatementShape.CHARACTERS_MAX);
  }
}
