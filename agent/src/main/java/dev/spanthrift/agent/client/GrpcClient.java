package dev.spanthrift.agent.client;

import dev.spanthrift.sampler.wire.Signal;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** OTLP over gRPC, without TLS. */
public final class GrpcClient implements OtlpClient {
  private static final long TIMEOUT_SECONDS = 10;
  private static final long PAUSE_MILLIS = 200;

  private final ManagedChannel channel;

  public GrpcClient(String host, int port) {
    channel = NettyChannelBuilder.forAddress(host, port).usePlaintext().build();
  }

  @Override
  public Reply send(Signal signal, byte[] request) throws InterruptedException {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    try {
      byte[] answer =
          ClientCalls.futureUnaryCall(channel.newCall(RawBytes.export(signal), options), request)
              .get();
      return new Reply.Accepted(PartialSuccess.rejected(answer));
    } catch (ExecutionException e) {
      return reply(
          e.getCause() instanceof StatusRuntimeException failed
              ? failed.getStatus()
              : Status.UNKNOWN.withDescription(String.valueOf(e.getCause())));
    }
  }

  /** UNAVAILABLE and its like may be sent again (specs C5). */
  private static Reply reply(Status status) {
    String reason =
        status.getCode() + ": " + Objects.requireNonNullElse(status.getDescription(), "no reason");
    return switch (status.getCode()) {
      case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, DATA_LOSS ->
          new Reply.TryAgain(reason, PAUSE_MILLIS);
      default -> new Reply.Refused(reason);
    };
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
