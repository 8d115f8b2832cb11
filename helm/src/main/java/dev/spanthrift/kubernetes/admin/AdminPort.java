package dev.spanthrift.kubernetes.admin;

import dev.spanthrift.kubernetes.connection.ConnectionTable;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A program's own port, without secrets and with nothing to change: health for the kubelet, metrics
 * for Prometheus, pages in JSON for people.
 */
public final class AdminPort implements AutoCloseable {
  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final Duration HEAD = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofMinutes(2);
  private static final Duration BIND = Duration.ofSeconds(30);
  private static final int CONNECTIONS_MAX = 64; // the kubelet, Prometheus, and people
  private static final String TEXT = "text/plain; charset=utf-8";

  /** Of the text format; Prometheus 3 takes no answer that does not say what it is. */
  private static final String EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";

  private final ConnectionTable connections = new ConnectionTable(CONNECTIONS_MAX, HEAD);
  private final DisposableServer server;

  private AdminPort(
      InetSocketAddress address,
      ProgramMetrics metrics,
      Supplier<String> lack,
      Map<String, Supplier<String>> pages) {
    metrics.gauge("admin.connections", "Connections of the admin port.", connections::open);
    refused(metrics, "too_many_connections", connections::full);
    refused(metrics, "mute_connection", connections::mute);
    server =
        HttpServer.create()
            .bindAddress(() -> address)
            .requestTimeout(HEAD)
            .idleTimeout(IDLE)
            .doOnChannelInit((observer, channel, remote) -> connections.take(channel))
            .doOnConnection(connections::proven) // with each request
            .route(
                routes -> {
                  routes
                      .get("/healthz", (request, response) -> answer(response, 200, TEXT, "ok\n"))
                      .get("/readyz", (request, response) -> ready(response, lack.get()))
                      .get(
                          "/actuator/prometheus",
                          (request, response) ->
                              answer(response, 200, EXPOSITION, metrics.scrape()));
                  pages.forEach(
                      (path, page) ->
                          routes.get(
                              path,
                              (request, response) ->
                                  answer(response, 200, "application/json", page.get())));
                })
            .bindNow(BIND);
  }

  private static void refused(
      ProgramMetrics metrics, String reason, java.util.function.LongSupplier count) {
    metrics.counted(
        "admin.connections.refused",
        "Connections of the admin port that were closed, by why.",
        count,
        "reason",
        reason);
  }

  /**
   * Opens the port.
   *
   * @param lack why the program is not ready, or nothing
   * @param pages JSON by path
   * @throws RuntimeException when it cannot be opened
   */
  public static AdminPort open(
      InetSocketAddress address,
      ProgramMetrics metrics,
      Supplier<String> lack,
      Map<String, Supplier<String>> pages) {
    return new AdminPort(address, metrics, lack, pages);
  }

  public int port() {
    return server.port();
  }

  private static Publisher<Void> ready(HttpServerResponse response, String lack) {
    return lack.isEmpty()
        ? answer(response, 200, TEXT, "ready\n")
        : answer(response, 503, TEXT, lack + "\n");
  }

  private static Publisher<Void> answer(
      HttpServerResponse response, int status, String type, String body) {
    return response
        .status(status)
        .header(HttpHeaderNames.CONTENT_TYPE, type)
        .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .sendString(Mono.just(body));
  }

  @Override
  public void close() {
    server.disposeNow(LINGER);
  }
}
