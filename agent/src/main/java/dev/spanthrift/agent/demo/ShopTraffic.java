package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.client.GrpcClient;
import dev.spanthrift.agent.client.OtlpClient;
import dev.spanthrift.agent.client.OtlpClient.Reply;
import dev.spanthrift.agent.client.PlainHttpClient;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.sampler.wire.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Twelve simulated services that send what they did to the sidecars' ports, half over gRPC, half
 * over HTTP, as their SDKs would.
 */
final class ShopTraffic implements AutoCloseable {
  private static final long TICK_MILLIS = 50;
  private static final long FLUSH_TICKS = 10;
  private static final int SPANS_FLUSH = 512;
  private static final int UNDER_WAY_MAX = 48;
  private static final int ATTEMPTS_MAX = 5;
  private static final long PAUSE_MILLIS = 200;

  private final TraceMaker maker;
  private final Incident incident;
  private final double spansPerSecond;
  private final List<OtlpClient> clients;
  private final Consumer<TraceMaker.Made> watcher;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore permits = new Semaphore(UNDER_WAY_MAX);
  private final Thread thread = Thread.ofPlatform().name("demo-traffic").unstarted(this::loop);
  private final LongAdder tracesMade = new LongAdder();
  private final LongAdder spansMade = new LongAdder();
  private final LongAdder errorTraces = new LongAdder();
  private final FailedTraces failed = new FailedTraces();
  private final LongAdder rareTraces = new LongAdder();
  private final LongAdder incidentErrors = new LongAdder();
  private final LongAdder spansLost = new LongAdder();
  private volatile boolean running = true;
  private volatile long startNanos;

  /**
   * What was made so far.
   *
   * @param spansLost spans that the sidecar did not take after some attempts
   */
  record Counts(
      long traces,
      long spans,
      long errorTraces,
      long rareTraces,
      long incidentErrors,
      long spansLost) {}

  /**
   * Traffic that is not begun.
   *
   * @param watcher hears of each trace before any of it is sent
   */
  ShopTraffic(
      long seed,
      double spansPerSecond,
      Incident incident,
      List<OtlpClient> clients,
      Consumer<TraceMaker.Made> watcher) {
    maker = new TraceMaker(seed);
    this.spansPerSecond = spansPerSecond;
    this.incident = incident;
    this.clients = List.copyOf(clients);
    this.watcher = watcher;
  }

  void start() {
    startNanos = System.nanoTime();
    thread.start();
  }

  Counts counts() {
    return new Counts(
        tracesMade.sum(),
        spansMade.sum(),
        errorTraces.sum(),
        rareTraces.sum(),
        incidentErrors.sum(),
        spansLost.sum());
  }

  FailedTraces failed() {
    return failed;
  }

  Incident.Phase phase() {
    return incident.phase(System.nanoTime() - startNanos);
  }

  private void loop() {
    try {
      double due = 0;
      for (long tick = 0; running; tick++) {
        due += spansPerSecond * TICK_MILLIS / 1000;
        boolean failing = phase() == Incident.Phase.RUNNING;
        while (due > 0) {
          due -= make(failing);
        }
        flush(tick % FLUSH_TICKS == 0 ? 1 : SPANS_FLUSH);
        long next = startNanos + TimeUnit.MILLISECONDS.toNanos((tick + 1) * TICK_MILLIS);
        TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      }
      flush(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int make(boolean failing) {
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    TraceMaker.Made made = maker.make(now, failing);
    watcher.accept(made);
    tracesMade.increment();
    spansMade.add(made.spans());
    if (made.error()) {
      errorTraces.increment();
      failed.add(now);
      if (failing) {
        incidentErrors.increment();
      }
    }
    if (made.rare()) {
      rareTraces.increment();
    }
    return made.spans();
  }

  private void flush(int spansAtLeast) throws InterruptedException {
    int service = 0;
    for (Map.Entry<String, ServiceBatch> entry : maker.batches().entrySet()) {
      ServiceBatch batch = entry.getValue();
      OtlpClient client = clients.get(service++ % clients.size());
      if (batch.count() >= spansAtLeast) {
        int spans = batch.count();
        byte[] request = batch.flush();
        permits.acquire();
        calls.execute(() -> deliver(client, request, spans));
      }
    }
  }

  private void deliver(OtlpClient client, byte[] request, int spans) {
    try {
      for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        switch (client.send(Signal.TRACES, request)) {
          case Reply.Accepted(long rejected) -> {
            spansLost.add(rejected);
            return;
          }
          case Reply.TryAgain(String reason, long afterMillis) ->
              TimeUnit.MILLISECONDS.sleep(afterMillis);
          case Reply.Unreachable(String reason, boolean certain) ->
              TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
          case Reply.Refused(String reason, boolean always) -> {
            spansLost.add(spans);
            return;
          }
        }
      }
      spansLost.add(spans);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      permits.release();
    }
  }

  /** Makes no more, and waits until all that was made has been answered. */
  void finish() throws InterruptedException {
    running = false;
    thread.join(TimeUnit.SECONDS.toMillis(5));
    calls.shutdown();
    if (!calls.awaitTermination(5, TimeUnit.SECONDS)) {
      calls.shutdownNow();
    }
  }

  @Override
  public void close() {
    running = false;
    thread.interrupt();
    calls.shutdownNow();
    clients.forEach(OtlpClient::close);
  }

  /**
   * One client for each of the two OTLP ports of each sidecar, so that service {@code i} belongs to
   * sidecar {@code i % n}.
   */
  static List<OtlpClient> clients(List<SidecarProgram.Ports> sidecars) {
    List<OtlpClient> clients = new ArrayList<>();
    sidecars.forEach(ports -> clients.add(new GrpcClient("127.0.0.1", ports.grpc())));
    sidecars.forEach(ports -> clients.add(new PlainHttpClient("127.0.0.1", ports.http())));
    return clients;
  }
}
