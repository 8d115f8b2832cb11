import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

/**
 * Takes OTLP over HTTP and says at /counts how many different spans, and how many at all, came of
 * each pod.
 */
public final class Backend {
  private static final Map<String, Set<String>> spans = new ConcurrentSkipListMap<>();
  private static final Map<String, ConcurrentSkipListSet<Long>> slots = new ConcurrentHashMap<>();
  private static final Map<String, AtomicLong> all = new ConcurrentHashMap<>();

  public static void main(String[] words) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(4318), 100);
    server.setExecutor(Executors.newFixedThreadPool(4));
    server.createContext("/v1/traces", Backend::take);
    server.createContext("/counts", Backend::counts);
    server.createContext("/whole", Backend::whole);
    server.start();
  }

  private static void take(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream in = exchange.getRequestBody()) {
      boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      var request = ExportTraceServiceRequest.parseFrom(zipped ? new GZIPInputStream(in) : in);
      for (var resource : request.getResourceSpansList()) {
        String pod = "unknown";
        for (KeyValue attribute : resource.getResource().getAttributesList()) {
          pod =
              attribute.getKey().equals("k8s.pod.name")
                  ? attribute.getValue().getStringValue()
                  : pod;
        }
        for (var scope : resource.getScopeSpansList()) {
          for (var span : scope.getSpansList()) {
            spans
                .computeIfAbsent(pod, p -> ConcurrentHashMap.newKeySet())
                .add(
                    span.getTraceId().toStringUtf8()
                        + span.getSpanId().asReadOnlyByteBuffer().getLong());
            all.computeIfAbsent(pod, p -> new AtomicLong()).incrementAndGet();
            for (KeyValue attribute : span.getAttributesList()) {
              if (attribute.getKey().equals("slot")) {
                slots
                    .computeIfAbsent(pod, p -> new ConcurrentSkipListSet<>())
                    .add(attribute.getValue().getIntValue());
              }
            }
          }
        }
      }
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  /** Of the traces that two pods share: how many of what the first kept the second kept too. */
  private static void whole(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] pods = exchange.getRequestURI().getQuery().split(",");
      var first = slots.getOrDefault(pods[0], new ConcurrentSkipListSet<>());
      var second = slots.getOrDefault(pods[1], new ConcurrentSkipListSet<>());
      long from = Long.parseLong(pods[2]);
      long to = Long.parseLong(pods[3]);
      long kept = first.subSet(from, to).stream().filter(s -> s % 10 == 0).count();
      long both =
          first.subSet(from, to).stream().filter(s -> s % 10 == 0 && second.contains(s)).count();
      long others = second.subSet(from, to).stream().filter(s -> s % 10 != 0).count();
      byte[] bytes = (kept + " " + both + " " + others + "\n").getBytes();
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static void counts(HttpExchange exchange) throws IOException {
    try (exchange) {
      StringBuilder text = new StringBuilder();
      spans.forEach((pod, ids) -> text.append(pod + " " + ids.size() + " " + all.get(pod) + "\n"));
      byte[] bytes = text.toString().getBytes();
      exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
