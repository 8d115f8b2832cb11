package dev.spanthrift.kubernetes.stream;

import dev.spanthrift.agent.control.source.StreamMessage;
import dev.spanthrift.kubernetes.connection.ConnectionTable;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * The port for sidecars: one WebSocket each, with the pod's token, and nothing else.
 *
 * <p>401 for who is nobody's pod, 503 where that cannot be asked or there is no room; both end the
 * connection. The port is open to every pod, so that connections have a bound before any token.
 */
public final class StreamServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StreamServer.class);
  private static final String BEARER = "Bearer ";
  private static final int TOKEN_MAX = 16 * 1024;
  private static final int CONNECTION_BACKLOG = 1024;
  private static final Duration HEAD = Duration.ofSeconds(10);

  /** Connections beyond the streams: who is asked about just now, and who is nobody. */
  private static final int UNKNOWN_MAX = 1_000;

  private static final Duration LINGER = Duration.ofSeconds(2);
  private static final WebsocketServerSpec FRAMES =
      WebsocketServerSpec.builder().maxFramePayloadLength(StreamMessage.REPORT_BYTES_MAX).build();

  private final Sidecars sidecars;
  private final TokenCheck tokens;
  private final ConnectionTable connections;
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong unasked = new AtomicLong();
  private final DisposableServer server;

  private StreamServer(
      InetSocketAddress address,
      @Nullable Supplier<SslContext> tls,
      Sidecars sidecars,
      TokenCheck tokens) {
    this.sidecars = sidecars;
    this.tokens = tokens;
    connections = new ConnectionTable(sidecars.max() + UNKNOWN_MAX, HEAD);
    HttpServer http =
        HttpServer.create()
            .bindAddress(() -> address)
            .option(io.netty.channel.ChannelOption.SO_BACKLOG, CONNECTION_BACKLOG)
            .httpRequestDecoder(spec -> spec.maxHeaderSize(TOKEN_MAX + 8 * 1024))
            .doOnChannelInit((observer, channel, remote) -> connections.take(channel))
            .route(routes -> routes.get(StreamMessage.PATH, this::accept));
    if (tls != null) {
      // By hand, so that a certificate that was rotated counts from the next connection on.
      http =
          http.doOnChannelInit(
              (observer, channel, remote) ->
                  channel.pipeline().addFirst(tls.get().newHandler(channel.alloc())));
    }
    server = http.bindNow();
  }

  /**
   * Opens the port.
   *
   * @param tls asked for each connection; null: without TLS
   * @throws RuntimeException when it cannot be opened
   */
  public static StreamServer open(
      InetSocketAddress address,
      @Nullable Supplier<SslContext> tls,
      Sidecars sidecars,
      TokenCheck tokens) {
    return new StreamServer(address, tls, sidecars, tokens);
  }

  public int port() {
    return server.port();
  }

  /** Who is connected, whether known or not. */
  public ConnectionTable connections() {
    return connections;
  }

  /** Streams that were refused because of their token. */
  public long refused() {
    return refused.get();
  }

  /** Streams that were refused because nobody could be asked about their token. */
  public long unasked() {
    return unasked.get();
  }

  private Publisher<Void> accept(HttpServerRequest request, HttpServerResponse response) {
    connections.proven(request);
    String header = request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION, "");
    if (!header.startsWith(BEARER) || header.length() > TOKEN_MAX) {
      refused.incrementAndGet();
      return refuse(response, 401);
    }
    return tokens
        .identify(header.substring(BEARER.length()))
        .map(this::opened)
        .onErrorResume(e -> Mono.just(answer(e)))
        // The upgrade must not race with the first frame, which the loop may have read already.
        .publishOn(loop(request))
        .flatMap(answer -> Mono.from(answer.to(response)));
  }

  private static Publisher<Void> refuse(HttpServerResponse response, int status) {
    return response.status(status).header(HttpHeaderNames.CONNECTION, "close").send();
  }

  private static Scheduler loop(HttpServerRequest request) {
    AtomicReference<@Nullable Scheduler> loop = new AtomicReference<>();
    request.withConnection(
        connection -> loop.set(Schedulers.fromExecutor(connection.channel().eventLoop())));
    return Objects.requireNonNull(loop.get());
  }

  /** What is answered to the request for a stream. */
  private interface Answer {
    Publisher<Void> to(HttpServerResponse response);
  }

  private Answer opened(Identity identity) {
    Session session = sidecars.open(identity);
    return session == null
        ? response -> refuse(response, 503)
        : response -> response.sendWebsocket((in, out) -> talk(session, in, out), FRAMES);
  }

  private Answer answer(Throwable e) {
    if (e instanceof TokenCheck.RefusedException) {
      refused.incrementAndGet();
      log.debug("a sidecar is refused: {}", e.getMessage());
      return response -> refuse(response, 401);
    }
    unasked.incrementAndGet();
    log.warn("whose a token is cannot be asked: {}", e.toString());
    return response -> refuse(response, 503);
  }

  private Publisher<Void> talk(Session session, WebsocketInbound in, WebsocketOutbound out) {
    Mono<Void> heard =
        in.aggregateFrames(StreamMessage.REPORT_BYTES_MAX)
            .receive()
            .asString()
            .takeWhile(text -> sidecars.hear(session, text))
            .then();
    Mono<Void> said = out.sendString(session.messages()).then();
    return Mono.firstWithSignal(heard, said).doFinally(end -> sidecars.close(session));
  }

  /** Ends all streams, then the port. */
  @Override
  public void close() {
    sidecars.closeAll();
    server.disposeNow(LINGER);
  }
}
