package dev.spanthrift.bench.fleet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends a schedule over OTLP/HTTP, each request at its time. */
final class Replay {
  private final HttpClient client;
  private final AtomicLong outstanding = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile String firstRefusal = "";
  private long latestMillis;

  Replay(HttpClient client) {
    this.client = client;
  }

  /** Returns when everything was sent and answered. */
  void run(Schedule schedule, long key, Function<Schedule.Request, URI> receiver) {
    long begin = System.nanoTime();
    long unixBegin = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    for (Schedule.Request request : schedule.requests()) {
      long wait = begin + request.atNanos() - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
      } else {
        latestMillis = Math.max(latestMillis, -wait / 1_000_000);
      }
      long shift = unixBegin + request.atNanos() - request.recordedNanos();
      send(receiver.apply(request), request, key, shift);
    }
    while (outstanding.get() > 0) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private void send(URI to, Schedule.Request request, long key, long shift) {
    byte[] bytes = new byte[request.template().bytes().length];
    ByteBuf written = Unpooled.buffer(bytes.length);
    request.template().write(written, key, shift);
    written.readBytes(bytes);
    HttpRequest post =
        HttpRequest.newBuilder(to)
            .header("Content-Type", "application/x-protobuf")
            .timeout(Duration.ofSeconds(30))
            .POST(BodyPublishers.ofByteArray(bytes))
            .build();
    outstanding.incrementAndGet();
    var unused =
        client
            .sendAsync(post, BodyHandlers.ofByteArray())
            .whenComplete((answer, failure) -> answered(request, answer, failure));
  }

  private void answered(
      Schedule.Request request,
      @Nullable HttpResponse<byte[]> answer,
      @Nullable Throwable failure) {
    boolean taken = answer != null && answer.statusCode() == 200 && answer.body().length == 0;
    (taken ? accepted : refused).addAndGet(request.template().spans());
    if (!taken && firstRefusal.isEmpty()) {
      firstRefusal = answer == null ? String.valueOf(failure) : "status " + answer.statusCode();
    }
    outstanding.decrementAndGet();
  }

  long accepted() {
    return accepted.get();
  }

  long refused() {
    return refused.get();
  }

  String firstRefusal() {
    return firstRefusal;
  }

  /** How late a request was sent at worst. */
  long latestMillis() {
    return latestMillis;
  }
}
