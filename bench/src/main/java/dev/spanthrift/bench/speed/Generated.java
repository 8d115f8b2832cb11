package dev.spanthrift.bench.speed;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Large requests: 500 spans with 12 attributes each, about 500 bytes a span, whole traces of 20
 * spans.
 *
 * <p>1 % of the traces have an error and 1 % last longer than a second. Seeded: every run sends the
 * same bytes.
 */
final class Generated {
  static final int SPANS_PER_REQUEST = 500;
  static final int SPANS_PER_TRACE = 20;
  private static final long BASE = 1_700_000_000_000_000_000L;
  private static final String[] ROUTES = {
    "/api/v1/orders/{id}",
    "/api/v1/orders",
    "/api/v1/users/{id}/cart",
    "/checkout",
    "/health",
    "/api/v1/products/{id}/reviews",
    "/search",
    "/api/v1/payments"
  };
  private static final String[] METHODS = {"GET", "POST", "PUT", "DELETE"};
  private static final String[] TABLES = {"orders", "users", "products", "payments", "sessions"};

  private final SplittableRandom random = new SplittableRandom(20_230_129);

  private Generated() {}

  static List<Template> requests(int count) {
    Generated generated = new Generated();
    List<Template> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(Template.of(generated.request(i).toByteArray()));
    }
    return requests;
  }

  private ExportTraceServiceRequest request(int number) {
    ScopeSpans.Builder scope =
        ScopeSpans.newBuilder()
            .setScope(
                InstrumentationScope.newBuilder()
                    .setName("io.opentelemetry.spring-webmvc-6.0")
                    .setVersion("2.11.0-alpha"));
    long time = BASE + number * 50_000_000L;
    for (int i = 0; i < SPANS_PER_REQUEST; i += SPANS_PER_TRACE) {
      addTrace(scope, time + i * 100_000L);
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(
                    Resource.newBuilder()
                        .addAttributes(text("service.name", "shop-frontend"))
                        .addAttributes(text("service.version", "4.17.2"))
                        .addAttributes(text("k8s.pod.name", "shop-frontend-6d4cf56db6-x7k2p"))
                        .addAttributes(text("k8s.namespace.name", "shop"))
                        .addAttributes(text("host.name", "node-17")))
                .addScopeSpans(scope))
        .build();
  }

  private void addTrace(ScopeSpans.Builder scope, long start) {
    ByteString traceId = id(16);
    boolean error = random.nextInt(100) == 0;
    long duration = random.nextInt(100) == 0 ? 1_500_000_000L : 5_000_000L + random.nextInt(90_000);
    ByteString root = id(8);
    for (int i = 0; i < SPANS_PER_TRACE; i++) {
      Span.Builder span = i == 0 ? root(duration) : child(root, i);
      scope.addSpans(
          span.setTraceId(traceId)
              .setSpanId(i == 0 ? root : id(8))
              .setStartTimeUnixNano(start + i * 1000L + random.nextInt(999))
              .setEndTimeUnixNano(start + (i == 0 ? duration : 40_000L + random.nextInt(900_000)))
              .setStatus(
                  error && i == 7
                      ? Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).build()
                      : Status.getDefaultInstance()));
    }
  }

  private Span.Builder root(long duration) {
    String route = ROUTES[random.nextInt(ROUTES.length)];
    return Span.newBuilder()
        .setName("GET " + route)
        .setKind(Span.SpanKind.SPAN_KIND_SERVER)
        .addAllAttributes(http(route, duration));
  }

  private Span.Builder child(ByteString parent, int position) {
    boolean database = position % 3 == 0;
    String table = TABLES[random.nextInt(TABLES.length)];
    String route = ROUTES[random.nextInt(ROUTES.length)];
    Span.Builder span =
        Span.newBuilder().setParentSpanId(parent).setKind(Span.SpanKind.SPAN_KIND_CLIENT);
    return database
        ? span.setName("SELECT " + table).addAllAttributes(database(table))
        : span.setName("GET " + route).addAllAttributes(http(route, position));
  }

  private List<KeyValue> http(String route, long detail) {
    return List.of(
        text("http.request.method", METHODS[random.nextInt(METHODS.length)]),
        text("http.route", route),
        text("url.path", route.replace("{id}", Integer.toString(random.nextInt(1_000_000)))),
        text("url.scheme", "https"),
        number("http.response.status_code", 200),
        text("server.address", "shop-frontend.shop.svc"),
        number("server.port", 8443),
        text("client.address", "10.42." + random.nextInt(255) + "." + random.nextInt(255)),
        text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64)"),
        text("thread.name", "http-nio-8443-exec-" + random.nextInt(64)),
        text("enduser.id", String.format(Locale.ROOT, "%08x", random.nextInt())),
        number("app.detail", detail));
  }

  private List<KeyValue> database(String table) {
    return List.of(
        text("db.system.name", "postgresql"),
        text("db.namespace", "shop"),
        text("db.collection.name", table),
        text("db.operation.name", "SELECT"),
        text("db.query.text", "SELECT * FROM " + table + " WHERE id = ? AND tenant = ?"),
        text("server.address", "db-primary.shop.svc"),
        number("server.port", 5432),
        text("network.peer.address", "10.42.7." + random.nextInt(16)),
        text("db.connection_pool.name", "HikariPool-1"),
        text("thread.name", "http-nio-8443-exec-" + random.nextInt(64)),
        text("enduser.id", String.format(Locale.ROOT, "%08x", random.nextInt())),
        number("db.response.returned_rows", random.nextInt(500)));
  }

  private ByteString id(int bytes) {
    byte[] id = new byte[bytes];
    random.nextBytes(id);
    return ByteString.copyFrom(id);
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static KeyValue number(String key, long value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setIntValue(value))
        .build();
  }
}
