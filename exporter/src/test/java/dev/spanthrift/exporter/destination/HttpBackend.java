package dev.spanthrift.exporter.destination;

import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A reactor-netty server that takes OTLP/HTTP. */
final class HttpBackend extends Backend {
  private final DisposableServer server;
  private final String scheme;
  private final Map<String, String> replyHeaders = new HashMap<>();

  HttpBackend(Script script) {
    this("http", script, server -> server);
  }

  HttpBackend(String scheme, Script script, UnaryOperator<HttpServer> change) {
    super(script);
    this.scheme = scheme;
    this.server =
        change
            .apply(
                HttpServer.create()
                    .host("127.0.0.1")
                    .port(0)
                    .doOnChannelInit((o, channel, remote) -> connections.incrementAndGet()))
            .handle(this::handle)
            .bindNow();
  }

  HttpBackend replyHeader(String name, String value) {
    replyHeaders.put(name, value);
    return this;
  }

  private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    enter();
    return request
        .receive()
        .aggregate()
        .asByteArray()
        .defaultIfEmpty(new byte[0])
        .flatMap(
            wire -> {
              Reply reply = reply(received(request, wire));
              inFlight.decrementAndGet();
              return answer(reply, request, response);
            });
  }

  private Mono<Void> answer(Reply reply, HttpServerRequest request, HttpServerResponse response) {
    replyHeaders.forEach(response::header);
    return switch (reply) {
      case Reply.Body body ->
          response
              .header("Content-Type", "application/x-protobuf")
              .header("Content-Length", "" + body.response().length)
              .send(Mono.just(Unpooled.wrappedBuffer(body.response())))
              .then();
      case Reply.Error error -> {
        response.status(error.code());
        if (error.detail() instanceof String retryAfter && !retryAfter.isEmpty()) {
          response.header("Retry-After", retryAfter);
        }
        yield response.sendString(Mono.just("no " + error.code())).then();
      }
      case Reply.Silence silence -> Mono.never();
      case Reply.Cut cut -> {
        request.withConnection(connection -> connection.channel().close());
        yield Mono.never();
      }
    };
  }

  private static Received received(HttpServerRequest request, byte[] wire) {
    Map<String, String> headers = new HashMap<>();
    HttpHeaders sent = request.requestHeaders();
    sent.forEach(e -> headers.put(e.getKey().toLowerCase(Locale.ROOT), e.getValue()));
    headers.put(":path", request.uri());
    headers.put(":method", request.method().name());
    headers.put(":version", request.version().text());
    Signal signal =
        Arrays.stream(Signal.values())
            .filter(s -> request.uri().endsWith(s.httpPath()))
            .findFirst()
            .orElse(Signal.TRACES);
    return new Received(signal, headers, wire, Codec.decode(sent.get("content-encoding"), wire));
  }

  @Override
  URI uri() {
    return URI.create(scheme + "://127.0.0.1:" + server.port());
  }

  @Override
  public void close() {
    server.disposeNow();
  }
}
