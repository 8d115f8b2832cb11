package dev.spanthrift.agent.client;

import dev.spanthrift.sampler.wire.Signal;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The {@code Export} method of each signal over bytes that are never parsed. */
public final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
  private static final RawBytes MARSHALLER = new RawBytes();

  private RawBytes() {}

  public static MethodDescriptor<byte[], byte[]> export(Signal signal) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(signal.grpcService(), "Export"))
        .setRequestMarshaller(MARSHALLER)
        .setResponseMarshaller(MARSHALLER)
        .build();
  }

  @Override
  public InputStream stream(byte[] value) {
    return new ByteArrayInputStream(value);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw Status.INTERNAL.withDescription("message cut short").withCause(e).asRuntimeException();
    }
  }
}
