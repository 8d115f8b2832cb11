package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.NetworkWords;
import dev.spanthrift.exporter.destination.Destinations;
import dev.spanthrift.exporter.settings.DestinationSettings;
import dev.spanthrift.exporter.settings.DestinationSettings.Compression;
import dev.spanthrift.exporter.settings.Endpoints;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.Future;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
  private volatile boolean connected;

  public HttpSender(DestinationSettings settings, ClientLoops loops, InstantSource clock) {
    this.loops = loops;
    this.clock = clock;
    this.timeoutNanos = settings.timeout().toNanos();
    this.responseBytesMax = settings.limits().responseBytesMax();
    this.pool =
        ConnectionProvider.builder(settings.name())
            .maxConnections(settings.limits().inFlightMax())
            .pendingAcquireMaxCount(-1) // the queue bounds what is in flight
            .maxIdleTime(Duration.ofSeconds(60))
            .lifo()
            .build();
    HttpClient plain = client(settings);
    for (Signal signal : Signal.values()) {
      URI uri = Endpoints.http(settings, signal);
      HttpClient client = Endpoints.secure(uri) ? secure(plain, settings) : plain;
      routes.put(signal, client.post().uri(uri));
    }
  }

  private HttpClient client(DestinationSettings settings) {
    return HttpClient.create(pool).runOn(loops.group()).headers(headers -> fill(headers, settings));
  }

  private static HttpClient secure(HttpClient plain, DestinationSettings settings) {
    var context = TlsContexts.http(settings.tls());
    return plain
        .protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
        .secure(spec -> spec.sslContext(context));
  }

  private static void fill(HttpHeaders headers, DestinationSettings settings) {
    headers.set(HttpHeaderNames.USER_AGENT, Destinations.USER_AGENT);
    headers.set(HttpHeaderNames.CONTENT_TYPE, PROTOBUF);
    if (settings.compression() != Compression.NONE) {
      headers.set(HttpHeaderNames.CONTENT_ENCODING, GrpcSender.encoding(settings.compression()));
    }
    settings.headers().forEach(headers::set);
  }

  @Override
  public Runnable send(Signal signal, EncodedBody body, Consumer<SendResult> done) {
    Attempt attempt = new Attempt(done);
    // Built anew for each subscription: reactor-netty resends on a kept connection that was closed.
    Mono<ByteBuf> bytes =
        Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body.bytes(), 0, body.length()));
    attempt.timeout = loops.group().schedule(attempt::timeOut, timeoutNanos, TimeUnit.NANOSECONDS);
    Objects.requireNonNull(routes.get(signal))
        .send(bytes)
        .response(this::outcome)
        .subscribe(attempt);
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
        end(new SendResult.Failed("response_too_large", String.valueOf(error.getMessage())));
      } else {
        connected = false;
        end(
            new SendResult.Again(
                "connection", NetworkWords.of(error), SendResult.Again.OWN_BACKOFF, true));
      }
    }

    @Override
    public void onComplete() {
      end(new SendResult.Again("connection", "no answer", SendResult.Again.OWN_BACKOFF, true));
    }

    void timeOut() {
      if (end(new SendResult.Again("timeout", "", SendResult.Again.OWN_BACKOFF, true))) {
        cancelSubscription();
      }
    }

    void cancel() {
      if (end(new SendResult.Failed("shutdown", ""))) {
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
