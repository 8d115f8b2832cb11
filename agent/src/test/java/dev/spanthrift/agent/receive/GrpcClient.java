package dev.spanthrift.agent.receive;

import dev.spanthrift.sampler.wire.Signal;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The stock grpc-java client, sending whatever bytes a test wants. */
public final class GrpcClient implements AutoCloseable {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  public final ManagedChannel channel;

  public GrpcClient(InetSocketAddress address) {
    this(NettyChannelBuilder.forAddress(address).usePlaintext());
  }

  public GrpcClient(NettyChannelBuilder builder) {
    channel = builder.directExecutor().maxInboundMessageSize(16 << 20).build();
  }

  public byte[] call(Signal signal, byte[] message) {
    return call(signal, message, CallOptions.DEFAULT);
  }

  public byte[] call(Signal signal, byte[] message, CallOptions options) {
    return ClientCalls.blockingUnaryCall(
        channel, method(signal), options.withDeadlineAfter(30, TimeUnit.SECONDS), message);
  }

  public Future<byte[]> start(Signal signal, byte[] message) {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    return ClientCalls.futureUnaryCall(channel.newCall(method(signal), options), message);
  }

  /** The failure that a call must end in. */
  public static StatusRuntimeException failure(Callable<?> call) {
    try {
      call.call();
    } catch (StatusRuntimeException e) {
      return e;
    } catch (Exception e) {
      throw new AssertionError("not a status", e);
    }
    throw new AssertionError("call succeeded");
  }

  /** The google.rpc.Status that came with a failure, or null. */
  public static com.google.rpc.Status details(StatusRuntimeException failure) throws Exception {
    byte[] bytes = failure.getTrailers().get(DETAILS);
    return bytes == null ? null : com.google.rpc.Status.parseFrom(bytes);
  }

  public static MethodDescriptor<byte[], byte[]> method(Signal signal) {
    return method(signal.grpcService() + "/Export");
  }

  public static MethodDescriptor<byte[], byte[]> method(String name) {
    Raw raw = new Raw();
    return MethodDescriptor.newBuilder(raw, raw)
        .setType(MethodType.UNARY)
        .setFullMethodName(name)
        .build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
