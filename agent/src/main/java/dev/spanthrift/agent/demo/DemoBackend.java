package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.client.RawBytes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.MalformedException;
import dev.spanthrift.sampler.wire.Scanner;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Stands for any OTLP backend: takes everything over gRPC on a free port and counts it. */
final class DemoBackend implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 64 << 20;
  private static final int SPANS_MAX = 1_000_000;

  private final Server server;
  private final LongConsumer traces;
  private final Scanner scanner = new Scanner(SPANS_MAX);
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong spans = new AtomicLong();
  private final FailedTraces failed = new FailedTraces();
  private final AtomicLong malformed = new AtomicLong();

  /**
   * What arrived.
   *
   * @param bytes before compression
   */
  record Counts(long requests, long bytes, long spans, long malformed) {}

  /**
   * Listens from now on.
   *
   * @param traces hears, span by span, the lower half of its trace's id
   */
  DemoBackend(LongConsumer traces) throws IOException {
    this.traces = traces;
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .maxInboundMessageSize(MESSAGE_BYTES_MAX);
    for (Signal signal : Signal.values()) {
      builder.addService(
          ServerServiceDefinition.builder(signal.grpcService())
              .addMethod(
                  RawBytes.export(signal),
                  ServerCalls.asyncUnaryCall(
                      (request, answer) -> {
                        count(signal, request);
                        answer.onNext(new byte[0]);
                        answer.onCompleted();
                      }))
              .build());
    }
    server = builder.build().start();
  }

  int port() {
    return server.getPort();
  }

  private void count(Signal signal, byte[] request) {
    requests.incrementAndGet();
    bytes.addAndGet(request.length);
    if (signal == Signal.TRACES) {
      countSpans(request);
    }
  }

  private synchronized void countSpans(byte[] request) {
    try {
      Batch batch = scanner.scan(request, 0, request.length);
      spans.addAndGet(batch.size());
      for (int row = 0; row < batch.size(); row++) {
        traces.accept(batch.traceIdLow(row));
        if (batch.isError(row) && !batch.hasParent(row)) {
          failed.add(batch.startNanos(row));
        }
      }
    } catch (MalformedException e) {
      malformed.incrementAndGet();
    }
  }

  Counts counts() {
    return new Counts(requests.get(), bytes.get(), spans.get(), malformed.get());
  }

  /** Traces of which the root arrived and had failed. */
  FailedTraces failed() {
    return failed;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
