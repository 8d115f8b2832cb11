package dev.spanthrift.agent.client;

import dev.spanthrift.exporter.NetworkWords;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** OTLP over gRPC, without TLS. */
public final class GrpcClient implements OtlpClient {
  private static final long TIMEOUT_SECONDS = 10;
  private static final long PAUSE_MILLIS = 200;

  /** With a cause these are grpc's own words, not the server's. */
  private static final Set<Status.Code> BROKEN =
      Set.of(Status.Code.UNAVAILABLE, Status.Code.INTERNAL);

  private final String at;
  private final ManagedChannel channel;

  public GrpcClient(String host, int port) {
    at = OtlpClient.at(host, port);
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

  /** UNAVAILABLE and its like may be sent again (specs.md C5), unless nobody has said it. */
  private Reply reply(Status status) {
    Throwable cause = status.getCause();
    String reason = status.getCode() + ": " + words(status);
    if (cause != null && BROKEN.contains(status.getCode())) {
      boolean certain = cause instanceof ConnectException || cause instanceof UnknownHostException;
      return new Reply.Unreachable(unreachable(cause), certain);
    }
    if (reason.contains("waiting_for_connection")) {
      return new Reply.Unreachable("nothing answers on " + at + ": connection timed out", true);
    }
    return switch (status.getCode()) {
      case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, DATA_LOSS ->
          new Reply.TryAgain(reason, PAUSE_MILLIS);
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          new Reply.Refused(reason + " (it wants credentials, and send has none)", true);
      case UNIMPLEMENTED ->
          new Reply.Refused(
              reason + " (no OTLP/gRPC port for traces: is it the HTTP port, --http?)", true);
      case RESOURCE_EXHAUSTED ->
          new Reply.Refused(reason + " (too much or too large for it; a lower --speed?)", false);
      default -> new Reply.Refused(reason, false);
    };
  }

  private String unreachable(Throwable cause) {
    return cause instanceof IOException || cause instanceof UnknownHostException
        ? NetworkWords.of(cause, at)
        : at + " does not speak gRPC: is it an HTTP port (--http)?";
  }

  private static String words(Status status) {
    String description = Objects.requireNonNullElse(status.getDescription(), "no reason given");
    return description.lines().findFirst().orElse("no reason given");
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
