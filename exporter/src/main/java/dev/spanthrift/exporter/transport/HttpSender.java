package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.NetworkWords;
import dev.spanthrift.exporter.settings.Authority;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.Endpoints;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.HttpProxy;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.ProxyProvider;

/**
 * OTLP over HTTP with protobuf bodies: keep-alive connections, at most one for each request in
 * flight; https prefers HTTP/2 and falls back to HTTP/1.1 (specs.md C16).
 */
public final class HttpSender implements Sender {
  private static final String PROTOBUF = "application/x-protobuf";

  private final Map<Signal, HttpClient.RequestSender> routes = new EnumMap<>(Signal.class);
  private final ConnectionProvider pool;
  private final ClientLoops loops;
  private final InstantSource clock;
  private final long timeoutNanos;
  private final int responseBytesMax;
  private final TlsFiles files;
  private volatile boolean connected;

  public HttpSender(ExportSettings settings, ClientLoops loops, InstantSource clock) {
    this.loops = loops;
    this.clock = clock;
    this.files = TlsFiles.of(settings);
    this.timeoutNanos = settings.timeout().toNanos();
    this.responseBytesMax = settings.limits().responseBytesMax();
    this.pool =
        ConnectionProvider.builder(settings.name())
            .maxConnections(settings.limits().inFlightMax())
            .pendingAcquireMaxCount(-1) // the queue bounds what is in flight
            .maxIdleTime(Duration.ofSeconds(60))
            .lifo()
            .build();
    HttpClient client = client(settings);
    for (Signal signal : Signal.values()) {
      URI uri = Endpoints.http(settings, signal);
      routes.put(
          signal,
          Endpoints.secure(uri)
              ? to(uri, secure(client, settings, files))
              : plain(client, uri, settings.proxy()));
    }
  }

  private HttpClient client(ExportSettings settings) {
    return HttpClient.create(pool)
        .runOn(loops.group())
        .headers(headers -> fill(headers, settings))
        .doOnRequest(
            (request, connection) -> {
              settings.credentials().into(request::header);
              connection.addHandlerLast(InterimAnswers.NAME, new InterimAnswers());
            });
  }

  private static HttpClient secure(HttpClient client, ExportSettings settings, TlsFiles files) {
    var context = TlsContexts.http(settings.tls(), files);
    HttpClient secure =
        client
            .protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
            .secure(spec -> spec.sslContext(context));
    HttpProxy proxy = settings.proxy();
    return proxy == null
        ? secure
        : secure
            .proxyWhen((config, spec) -> Mono.fromSupplier(() -> tunnel(spec, proxy)))
            .resolver(NoopAddressResolverGroup.INSTANCE); // the proxy knows names that we may not
  }

  /** Asked for each connection, so that the proxy's own name is looked up when it is needed. */
  private static ProxyProvider.Builder tunnel(ProxyProvider.TypeSpec spec, HttpProxy proxy) {
    ProxyProvider.Builder by =
        spec.type(ProxyProvider.Proxy.HTTP).host(proxy.host()).port(proxy.port());
    String user = proxy.user();
    if (user != null) {
      by.username(user).password(name -> proxy.password());
    }
    return by;
  }

  /**
   * Read as text, a port of one digit would be part of the name; as a URI, a name with an
   * underscore would be none ({@link Authority}).
   */
  private static HttpClient.RequestSender to(URI uri, HttpClient client) {
    return uri.getHost() == null ? client.post().uri(uri.toString()) : client.post().uri(uri);
  }

  private static HttpClient.RequestSender plain(
      HttpClient client, URI uri, @Nullable HttpProxy proxy) {
    if (proxy == null) {
      return to(uri, client);
    }
    String host = uri.getRawAuthority();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return client
        .remoteAddress(() -> InetSocketAddress.createUnresolved(proxy.host(), proxy.port()))
        .headers(headers -> setHost(headers, host))
        .doOnRequest(
            (request, connection) ->
                connection.addHandlerLast(
                    AbsoluteTargets.NAME,
                    new AbsoluteTargets("http://" + host, proxy.authorization())))
        .post()
        .uri(uri.getRawPath() + query);
  }

  /** Unless the user's headers name another. */
  private static void setHost(HttpHeaders headers, String host) {
    if (!headers.contains(HttpHeaderNames.HOST)) {
      headers.set(HttpHeaderNames.HOST, host);
    }
  }

  private static void fill(HttpHeaders headers, ExportSettings settings) {
    headers.set(HttpHeaderNames.USER_AGENT, Senders.USER_AGENT);
    headers.set(HttpHeaderNames.CONTENT_TYPE, PROTOBUF);
    if (settings.compression() != Compression.NONE) {
      headers.set(HttpHeaderNames.CONTENT_ENCODING, settings.compression().toString());
    }
    settings.headers().forEach(headers::set);
  }

  @Override
  public Runnable send(Signal signal, EncodedBody body, Consumer<SendResult> done) {
    files.refresh();
    Attempt attempt = new Attempt(done);
    // Built anew for each subscription: reactor-netty resends on a kept connection that was closed.
    Mono<ByteBuf> bytes =
        Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body.bytes(), 0, body.length()));
    attempt.timeout = loops.group().schedule(attempt::timeOut, timeoutNanos, TimeUnit.NANOSECONDS);
    HttpClient.RequestSender route = Objects.requireNonNull(routes.get(signal));
    HttpClient.ResponseReceiver<?> sent =
        body.headers().isEmpty()
            ? route.send(bytes)
            : route.send(
                (request, out) -> {
                  request.header(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(body.length()));
                  body.headers().forEach(request::header);
                  return out.send(bytes);
                });
    sent.response(this::outcome).subscribe(attempt);
    return attempt::cancel;
  }

  private Publisher<SendResult> outcome(HttpClientResponse response, ByteBufFlux content) {
    HttpHeaders headers = response.responseHeaders();
    int status = response.status().code();
    String retryAfter = headers.get(HttpHeaderNames.RETRY_AFTER);
    String contentType = headers.get(HttpHeaderNames.CONTENT_TYPE);
    boolean gzipped = "gzip".equalsIgnoreCase(headers.get(HttpHeaderNames.CONTENT_ENCODING));
    return content
        .collect(() -> new AnswerBytes(responseBytesMax), AnswerBytes::add)
        .map(
            answer ->
                HttpRules.outcome(
                    status, retryAfter, contentType, answer.bytes(gzipped), clock.millis()));
  }

  @Override
  public boolean connected() {
    return connected;
  }

  @Override
  public void close() {
    pool.dispose();
  }

  private static SendResult again(String kind, String message) {
    return new SendResult.Again(kind, message, SendResult.Again.OWN_BACKOFF, true);
  }

  /** What the codec cannot read, but for TLS, which it wraps too. */
  private static boolean isNoHttp(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return false;
      }
    }
    return error instanceof DecoderException || error instanceof IllegalArgumentException;
  }

  /** One exchange; the first of answer, failure, timeout and cancel ends it. */
  private final class Attempt extends AtomicBoolean implements CoreSubscriber<SendResult> {
    private final Consumer<SendResult> done;
    private volatile @Nullable Subscription subscription;
    private volatile @Nullable Future<?> timeout;

    Attempt(Consumer<SendResult> done) {
      this.done = done;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
      if (get()) {
        subscription.cancel();
      }
    }

    @Override
    public void onNext(SendResult outcome) {
      connected = true;
      end(outcome);
    }

    @Override
    public void onError(Throwable error) {
      if (error instanceof AnswerBytes.TooLarge) {
        end(new SendResult.Failed("response_too_large", String.valueOf(error.getMessage()), false));
      } else {
        connected = false;
        end(
            isNoHttp(error)
                ? again("not_http", "its answer is no HTTP/1.1, perhaps it speaks gRPC")
                : again("connection", NetworkWords.of(error)));
      }
    }

    @Override
    public void onComplete() {
      end(again("connection", "no answer"));
    }

    void timeOut() {
      if (end(again("timeout", "no answer in time"))) {
        cancelSubscription();
      }
    }

    void cancel() {
      if (end(new SendResult.Failed("shutdown", "", false))) {
        cancelSubscription();
      }
    }

    private void cancelSubscription() {
      Subscription known = subscription;
      if (known != null) {
        known.cancel();
      }
    }

    private boolean end(SendResult outcome) {
      if (!compareAndSet(false, true)) {
        return false;
      }
      Future<?> pending = timeout;
      if (pending != null) {
        pending.cancel(false);
      }
      done.accept(outcome);
      return true;
    }
  }
}
