package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.kubernetes.connection.ConnectionTable;
import dev.spanthrift.kubernetes.stream.Sidecars;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** The controller's own port, without secrets: health, metrics, the report by namespace. */
public final class AdminSite implements AutoCloseable {
  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final Duration HEAD = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofMinutes(2);
  private static final int CONNECTIONS_MAX = 64; // the kubelet, Prometheus, and people
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> TASKS =
      List.of(
          Controller.TICK,
          Controller.BEAT,
          Controller.PUBLISH,
          Controller.OTHERS,
          Controller.RECONCILE,
          Controller.OBJECT,
          Sidecars.TASK,
          ServedCertificate.TASK);

  private final Controller controller;
  private final ConnectionTable connections = new ConnectionTable(CONNECTIONS_MAX, HEAD);
  private final DisposableServer server;

  private AdminSite(InetSocketAddress address, Controller controller) {
    this.controller = controller;
    server =
        HttpServer.create()
            .bindAddress(() -> address)
            .requestTimeout(HEAD)
            .idleTimeout(IDLE)
            .doOnChannelInit((observer, channel, remote) -> connections.take(channel))
            .doOnConnection(connections::proven) // with each request
            .route(
                routes ->
                    routes
                        .get("/healthz", (request, response) -> text(response, 200, "ok\n"))
                        .get("/readyz", (request, response) -> ready(response))
                        .get("/actuator/prometheus", (request, response) -> metrics(response))
                        .get("/api/v1/report", (request, response) -> report(response)))
            .bindNow();
  }

  /**
   * Opens the port.
   *
   * @throws RuntimeException when it cannot be opened
   */
  public static AdminSite open(InetSocketAddress address, Controller controller) {
    return new AdminSite(address, controller);
  }

  public int port() {
    return server.port();
  }

  private static Publisher<Void> text(HttpServerResponse response, int status, String text) {
    return answer(response, status, "text/plain; charset=utf-8", text);
  }

  private static Publisher<Void> answer(
      HttpServerResponse response, int status, String type, String body) {
    return response
        .status(status)
        .header(HttpHeaderNames.CONTENT_TYPE, type)
        .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .sendString(Mono.just(body));
  }

  private Publisher<Void> ready(HttpServerResponse response) {
    return controller.isReady()
        ? text(response, 200, "ready\n")
        : text(response, 503, "not all watches run, or there is no certificate yet\n");
  }

  private Publisher<Void> metrics(HttpServerResponse response) {
    return answer(
        response, 200, "text/plain; version=0.0.4; charset=utf-8", exposition(controller.counts()));
  }

  /** In the text format of Prometheus. */
  static String exposition(Controller.Counts counts) {
    StringBuilder out = new StringBuilder();
    Sidecars.Counts streams = counts.sidecars();
    gauge(out, "sidecars", "Sidecars that are connected.", streams.connected());
    counter(out, "streams_opened", "Streams that were opened.", streams.opened());
    counter(out, "streams_full", "Streams refused because there were too many.", streams.full());
    counter(out, "streams_slow", "Streams ended that took nothing any more.", streams.slow());
    counter(out, "streams_silent", "Streams ended that said nothing any more.", streams.silent());
    counter(out, "messages_unread", "Messages that made no sense.", streams.unread());
    counter(out, "changes", "Changes sent to sidecars.", streams.changes());
    counter(out, "tokens_refused", "Streams refused by their token.", counts.tokensRefused());
    gauge(out, "connections", "Connections of the port for sidecars.", counts.connections());
    counter(
        out,
        "connections_full",
        "Connections of it that were closed because there were too many.",
        counts.connectionsFull());
    counter(
        out,
        "connections_mute",
        "Connections of it that were closed because no request came in time.",
        counts.connectionsMute());
    counter(
        out,
        "tokens_unasked",
        "Streams refused as nobody could be asked about their token.",
        counts.tokensUnasked());
    counter(out, "token_reviews", "TokenReviews asked of the API server.", counts.tokenReviews());
    counter(
        out, "reconciliations", "Times that all objects were looked at.", counts.reconciliations());
    counter(
        out,
        "watch_failures",
        "Times that a watch of objects ended and was begun again.",
        counts.watchFailures());
    counter(out, "status_writes", "Statuses written.", counts.statusWrites());
    counter(out, "status_failures", "Statuses that could not be written.", counts.statusFailures());
    counter(
        out,
        "applied_unreadable",
        "Times that what a status says was applied could not be read.",
        counts.unreadable());
    gauge(
        out,
        "objects_invalid",
        "Policies and budgets that cannot be used, where this replica leads.",
        counts.invalid());
    gauge(
        out,
        "sidecars_behind",
        "Sidecars that match an object and do not run it, where this replica leads.",
        counts.behind());
    gauge(
        out,
        "sidecars_refusing",
        "Of these, such as said that they cannot use it.",
        counts.refused());
    if (counts.certificateExpiry() >= 0) {
      gauge(
          out,
          "certificate_expiry",
          "Seconds since 1970 at which the certificate ends; 0 while there is none.",
          counts.certificateExpiry());
    }
    counter(
        out,
        "authority_writes",
        "ConfigMaps written by which sidecars know the certificate.",
        counts.authorities());
    counter(
        out,
        "authority_failures",
        "Such ConfigMaps that a namespace refused.",
        counts.authorityFailures());
    header(
        out,
        "spanthrift_controller_task_failures_total",
        "counter",
        "Background tasks that failed.");
    Map<String, Long> failures = Guarded.failures();
    for (String task : TASKS) {
      out.append("spanthrift_controller_task_failures_total{task=\"")
          .append(task)
          .append("\"} ")
          .append(failures.getOrDefault(task, 0L))
          .append('\n');
    }
    gauge(
        out,
        "summary_cut",
        "1 while the summary for the other replicas lacks entries, as it would be too long.",
        counts.summaryCut() ? 1 : 0);
    gauge(out, "leader", "1 where this replica writes status.", counts.leader() ? 1 : 0);
    return out.toString();
  }

  private static void gauge(StringBuilder out, String name, String help, long value) {
    sample(out, "spanthrift_controller_" + name, "gauge", help, value);
  }

  private static void counter(StringBuilder out, String name, String help, long value) {
    sample(out, "spanthrift_controller_" + name + "_total", "counter", help, value);
  }

  private static void header(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void sample(StringBuilder out, String name, String type, String help, long value) {
    header(out, name, type, help);
    out.append(name).append(' ').append(value).append('\n');
  }

  /** What would be saved, kept and lost, by namespace. */
  private Publisher<Void> report(HttpServerResponse response) {
    var fleet = controller.fleet();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("scope", controller.isLeader() ? "all replicas" : "this replica");
    body.put("sidecars", fleet.sidecars());
    body.put("namespaces", new TreeMap<>(fleet.namespaces()));
    return answer(response, 200, "application/json", JSON.writeValueAsString(body));
  }

  @Override
  public void close() {
    server.disposeNow(LINGER);
  }
}
