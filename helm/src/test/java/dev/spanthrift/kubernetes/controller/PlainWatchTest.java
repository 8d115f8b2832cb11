package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Behind a proxy that lets no WebSocket through, in a cluster where nothing happens. */
@Timeout(300)
class PlainWatchTest {
  private static final String NOTHING =
      "{\"kind\": \"NamespaceList\", \"apiVersion\": \"v1\", \"items\": [],"
          + " \"metadata\": {\"resourceVersion\": \"100\"}}";
  private static final String ADDED =
      "{\"type\": \"ADDED\", \"object\": {\"kind\": \"Namespace\", \"apiVersion\": \"v1\","
          + " \"metadata\": {\"name\": \"shop\", \"resourceVersion\": \"101\"}}}\n";

  private final List<HttpExchange> watches = new CopyOnWriteArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean away;
  private HttpServer server;
  private KubernetesClient client;
  private Watch<Namespace> watch;

  @BeforeEach
  void begin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    client = ScriptedApiServer.client(server.getAddress().getPort());
    watch = new Watch<>(client, client.namespaces(), new Deaf(), nanos::get);
  }

  @AfterEach
  void end() {
    watch.close();
    client.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    // The client asks for h2c by the same header.
    if (away || "websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"))) {
      exchange.sendResponseHeaders(503, -1);
      exchange.close();
    } else if (String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true")) {
      exchange.sendResponseHeaders(200, 0); // as it is: the head at once, then what happens
      exchange.getResponseBody().flush();
      watches.add(exchange);
    } else {
      byte[] body = NOTHING.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }
  }

  /** The first look begins the time in which it may be away. */
  private boolean isCurrentForLong() {
    boolean first = watch.isCurrent();
    nanos.addAndGet(Watch.AWAY_MAX.toNanos());
    return first && watch.isCurrent();
  }

  @Test
  void oneThatIsOpenIsCurrentAlthoughNothingHappens() {
    Eventually.holds(() -> watches, () -> watches.size() == 1);
    Eventually.holds(() -> "open", this::isCurrentForLong);
  }

  @Test
  void oneThatEndsIsNotCurrentForLong() throws IOException {
    Eventually.holds(() -> watches, () -> watches.size() == 1);
    Eventually.holds(() -> "open", this::isCurrentForLong);
    away = true;
    watches.getFirst().close();
    Eventually.holds(() -> "away", () -> !isCurrentForLong());
    assertFalse(watch.isCurrent());
    away = false;
    Eventually.holds(() -> watches, () -> watches.size() == 2);
    Eventually.holds(() -> "open again", this::isCurrentForLong);
  }

  @Test
  void whatHappensIsKnownAllTheSame() throws IOException {
    Eventually.holds(() -> watches, () -> watches.size() == 1);
    watches.getFirst().getResponseBody().write(ADDED.getBytes(StandardCharsets.UTF_8));
    watches.getFirst().getResponseBody().flush();
    Eventually.holds(watch::list, () -> watch.list().size() == 1);
    assertEquals("shop", watch.list().getFirst().getMetadata().getName());
    assertTrue(watch.isCurrent());
  }
}
