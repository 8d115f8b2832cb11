package dev.spanthrift.kubernetes.webhook;

import dev.spanthrift.kubernetes.connection.ConnectionTable;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Health, metrics and the audit's last answer, for the kubelet and Prometheus; nothing to change.
 */
public final class InjectorAdmin implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int CONNECTIONS_MAX = 64; // the kubelet, Prometheus, and people
  private final ConnectionTable connections = new ConnectionTable(CONNECTIONS_MAX, LIMIT);
  private final DisposableServer server;

  /**
   * @param ready whether the webhook has a certificate and knows the namespaces
   * @param audit JSON
   */
  public InjectorAdmin(
      String host,
      int port,
      InjectorMetrics metrics,
      BooleanSupplier ready,
      Supplier<String> audit) {
    server =
        HttpServer.create()
            .host(host)
            .port(port)
            .requestTimeout(LIMIT)
            .idleTimeout(Duration.ofMinutes(1))
            .doOnChannelInit((observer, channel, remote) -> connections.take(channel))
            .doOnConnection(connections::proven) // with each request
            .route(
                routes ->
                    routes
                        .get("/healthz", (request, response) -> text(response, 200, "ok\n"))
                        .get(
                            "/readyz",
                            (request, response) ->
                                ready.getAsBoolean()
                                    ? text(response, 200, "ready\n")
                                    : text(response, 503, "not yet\n"))
                        .get(
                            "/actuator/prometheus",
                            (request, response) -> text(response, 200, metrics.scrape()))
                        .get(
                            "/audit",
                            (request, response) ->
                                text(
                                    response.header(
                                        HttpHeaderNames.CONTENT_TYPE, "application/json"),
                                    200,
                                    audit.get())))
            .bindNow(Duration.ofSeconds(30));
  }

  private static Publisher<Void> text(HttpServerResponse response, int status, String text) {
    return response.status(status).sendString(Mono.just(text));
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.disposeNow(LIMIT);
  }
}
