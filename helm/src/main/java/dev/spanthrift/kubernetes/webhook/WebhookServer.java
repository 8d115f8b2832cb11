package dev.spanthrift.kubernetes.webhook;

import dev.spanthrift.kubernetes.certificate.ServingKeys;
import dev.spanthrift.kubernetes.connection.ConnectionTable;
import dev.spanthrift.kubernetes.webhook.AdmissionReviews.MalformedReviewException;
import dev.spanthrift.kubernetes.webhook.InjectorMetrics.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The webhook's port: HTTPS with the certificate of the moment.
 *
 * <p>Bounds: bytes of a review, time until its last byte, connections, time without a request. What
 * is beyond them is refused and counted, and the API server goes on without us.
 */
public final class WebhookServer implements AutoCloseable {
  private static final String PATH = "/inject";
  private static final Duration STOP = Duration.ofSeconds(5);

  /**
   * @param bytesMax of one review: objects are up to about 1.5 MiB in etcd, and a review may hold
   *     two
   * @param bodyTime until a review's last byte, below the API server's own time-out
   * @param idle a connection without a request is closed after this time
   */
  public record Limits(int bytesMax, Duration bodyTime, int connectionsMax, Duration idle) {
    public static final Limits DEFAULT =
        new Limits(8 << 20, Duration.ofSeconds(2), 256, Duration.ofMinutes(2));
  }

  private final AdmissionReviews reviews;
  private final InjectorMetrics metrics;
  private final Limits limits;
  private final ConnectionTable connections;
  private final DisposableServer server;

  private WebhookServer(
      String host,
      int port,
      ServingKeys keys,
      AdmissionReviews reviews,
      InjectorMetrics metrics,
      Limits limits)
      throws SSLException {
    this.reviews = reviews;
    this.metrics = metrics;
    this.limits = limits;
    connections = new ConnectionTable(limits.connectionsMax(), limits.bodyTime().multipliedBy(2));
    metrics.refused(Refusal.TOO_MANY_CONNECTIONS, connections::full);
    metrics.refused(Refusal.MUTE_CONNECTION, connections::mute);
    // The JDK's TLS asks the key manager at each handshake; OpenSSL would have asked it once.
    SslContext tls =
        SslContextBuilder.forServer(keys)
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .build();
    server =
        HttpServer.create()
            .host(host)
            .port(port)
            .secure(spec -> spec.sslContext(tls).handshakeTimeout(limits.bodyTime()))
            .idleTimeout(limits.idle())
            // A body's own time is over before, and counted.
            .requestTimeout(limits.bodyTime().multipliedBy(2))
            // Not doOnConnection: that is called for each request of a connection.
            .doOnChannelInit((observer, channel, remote) -> connections.take(channel))
            .route(routes -> routes.post(PATH, this::review).route(request -> true, this::notFound))
            .bindNow(Duration.ofSeconds(30));
  }

  /** Opens the port. */
  public static WebhookServer start(
      String host,
      int port,
      ServingKeys keys,
      AdmissionReviews reviews,
      InjectorMetrics metrics,
      Limits limits)
      throws SSLException {
    return new WebhookServer(host, port, keys, reviews, metrics, limits);
  }

  public int port() {
    return server.port();
  }

  /** How many are open now. */
  public int connections() {
    return connections.open();
  }

  private Publisher<Void> notFound(HttpServerRequest request, HttpServerResponse response) {
    connections.proven(request);
    metrics.refused(Refusal.NOT_FOUND);
    return refuse(response, HttpResponseStatus.NOT_FOUND, "POST " + PATH + " is all there is");
  }

  private Publisher<Void> review(HttpServerRequest request, HttpServerResponse response) {
    long begin = System.nanoTime(); // the API server waits for a body that is slow, too
    connections.proven(request);
    String length = request.requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH, "0");
    if (length.length() > 9 || length.chars().anyMatch(c -> c < '0' || c > '9')) {
      return tooLarge(response);
    }
    if (Integer.parseInt(length) > limits.bytesMax()) {
      return tooLarge(response);
    }
    return body(request)
        .flatMap(body -> Mono.from(answer(body, begin, response)))
        .timeout(limits.bodyTime())
        .onErrorResume(TooLargeException.class, e -> Mono.from(tooLarge(response)))
        .onErrorResume(
            TimeoutException.class,
            e -> {
              metrics.refused(Refusal.TOO_SLOW);
              return Mono.from(
                  refuse(
                      response,
                      HttpResponseStatus.REQUEST_TIMEOUT,
                      "the review was not there within " + limits.bodyTime().toMillis() + " ms"));
            });
  }

  private static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLargeException() {
      super(null, null, false, false);
    }
  }

  /** All of it, copied together as it comes; what is beyond the bound is not read. */
  private Mono<byte[]> body(HttpServerRequest request) {
    return request
        .receive()
        .collect(
            java.io.ByteArrayOutputStream::new,
            (all, part) -> {
              if (all.size() + part.readableBytes() > limits.bytesMax()) {
                throw new TooLargeException();
              }
              append(all, part);
            })
        .map(java.io.ByteArrayOutputStream::toByteArray);
  }

  private static void append(java.io.ByteArrayOutputStream all, ByteBuf part) {
    byte[] bytes = new byte[part.readableBytes()];
    part.getBytes(part.readerIndex(), bytes);
    all.writeBytes(bytes);
  }

  private Publisher<Void> answer(byte[] body, long begin, HttpServerResponse response) {
    try {
      return reviews
          .answer(body, begin)
          .flatMap(
              answer ->
                  Mono.from(
                      response
                          .header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                          .sendByteArray(Mono.just(answer))));
    } catch (MalformedReviewException e) {
      metrics.refused(Refusal.MALFORMED);
      return refuse(response, HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private Publisher<Void> tooLarge(HttpServerResponse response) {
    metrics.refused(Refusal.TOO_LARGE);
    return refuse(
        response,
        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
        "a review has at most " + limits.bytesMax() + " bytes");
  }

  /** The connection ends with it: what is left of the request is not waited for. */
  private static Publisher<Void> refuse(
      HttpServerResponse response, HttpResponseStatus status, String words) {
    return response
        .status(status)
        .header(HttpHeaderNames.CONTENT_TYPE, "text/plain")
        .header(HttpHeaderNames.CONNECTION, "close")
        .sendByteArray(Mono.just((words + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() {
    server.disposeNow(STOP);
  }
}
