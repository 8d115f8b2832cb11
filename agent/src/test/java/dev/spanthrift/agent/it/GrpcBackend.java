package dev.spanthrift.agent.it;

import com.github.luben.zstd.ZstdInputStream;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** OTLP over gRPC. */
final class GrpcBackend extends OtlpBackend {
  private static final Context.Key<Map<String, String>> HEADERS = Context.key("headers");

  private final @Nullable SslContext tls;
  private final int port;
  private Server server;

  GrpcBackend() {
    this(null);
  }

  GrpcBackend(@Nullable SslContext tls) {
    this.tls = tls;
    server = start(0);
    port = server.getPort();
  }

  private Server start(int port) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
            .decompressorRegistry(
                DecompressorRegistry.getDefaultInstance().with(new Unzstd(), true))
            .maxInboundMessageSize(128 << 20)
            .intercept(new HeaderReader());
    if (tls != null) {
      builder.sslContext(tls);
    }
    for (Otlp signal : Otlp.values()) {
      builder.addService(service(signal));
    }
    try {
      return builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerServiceDefinition service(Otlp signal) {
    return ServerServiceDefinition.builder(signal.rawMethod().getServiceName())
        .addMethod(
            signal.rawMethod(),
            ServerCalls.asyncUnaryCall((request, answer) -> answer(signal, request, answer)))
        .build();
  }

  private void answer(Otlp signal, byte[] request, StreamObserver<byte[]> answer) {
    switch (arrived(signal, HEADERS.get(), request)) {
      case TAKE -> {
        answer.onNext(new byte[0]);
        answer.onCompleted();
      }
      case UNAVAILABLE -> answer.onError(Status.UNAVAILABLE.asRuntimeException());
      case REFUSE -> answer.onError(Status.INVALID_ARGUMENT.asRuntimeException());
      case HANG -> {}
    }
  }

  @Override
  URI uri() {
    return URI.create((tls == null ? "http" : "https") + "://127.0.0.1:" + port);
  }

  @Override
  String protocol() {
    return "grpc";
  }

  @Override
  void down() {
    close();
    try {
      server.awaitTermination(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  void up() {
    server = start(port);
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static final class HeaderReader implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      Map<String, String> text = new HashMap<>();
      for (String key : headers.keys()) {
        if (!key.endsWith("-bin")) {
          text.put(key, headers.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER)));
        }
      }
      return Contexts.interceptCall(
          Context.current().withValue(HEADERS, text), call, headers, next);
    }
  }

  private static final class Unzstd implements Decompressor {
    @Override
    public String getMessageEncoding() {
      return "zstd";
    }

    @Override
    public InputStream decompress(InputStream in) throws IOException {
      return new ZstdInputStream(in);
    }
  }
}
