package dev.spanthrift.exporter.destination;

import com.github.luben.zstd.ZstdInputStream;
import dev.spanthrift.exporter.transport.GrpcRules;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.Attributes;
import io.grpc.CompressorRegistry;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/** A grpc-java server that takes OTLP/gRPC as raw bytes. */
final class GrpcBackend extends Backend {
  private final Server server;
  private final String scheme;

  GrpcBackend(Script script) {
    this("http", script, builder -> builder);
  }

  GrpcBackend(String scheme, Script script, UnaryOperator<NettyServerBuilder> change) {
    super(script);
    this.scheme = scheme;
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .decompressorRegistry(
                DecompressorRegistry.getDefaultInstance().with(new Unzstd(), true))
            .compressorRegistry(CompressorRegistry.getDefaultInstance())
            .maxInboundMessageSize(128 << 20)
            .addTransportFilter(
                new ServerTransportFilter() {
                  @Override
                  public Attributes transportReady(Attributes attributes) {
                    connections.incrementAndGet();
                    return attributes;
                  }
                });
    for (Signal signal : Signal.values()) {
      builder.addService(service(signal));
    }
    try {
      this.server = change.apply(builder).build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerServiceDefinition service(Signal signal) {
    MethodDescriptor<byte[], byte[]> export =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(signal.grpcService() + "/Export")
            .setRequestMarshaller(new Raw())
            .setResponseMarshaller(new Raw())
            .build();
    ServerCallHandler<byte[], byte[]> handler = (call, headers) -> listen(signal, call, headers);
    return ServerServiceDefinition.builder(signal.grpcService()).addMethod(export, handler).build();
  }

  private ServerCall.Listener<byte[]> listen(
      Signal signal, ServerCall<byte[], byte[]> call, Metadata headers) {
    enter();
    AtomicBoolean left = new AtomicBoolean();
    Runnable leave =
        () -> {
          if (left.compareAndSet(false, true)) {
            inFlight.decrementAndGet();
          }
        };
    call.request(1);
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(byte[] body) {
        Reply reply = reply(new Received(signal, text(call, headers), body, body));
        if (!(reply instanceof Reply.Silence)) {
          leave.run();
        }
        answer(call, reply);
      }

      @Override
      public void onCancel() {
        leave.run();
      }
    };
  }

  private void answer(ServerCall<byte[], byte[]> call, Reply reply) {
    switch (reply) {
      case Reply.Body body -> {
        call.setCompression("gzip");
        call.sendHeaders(new Metadata());
        call.setMessageCompression(body.response().length > 1000);
        call.sendMessage(body.response());
        call.close(Status.OK, new Metadata());
      }
      case Reply.Error error -> {
        Metadata trailers = new Metadata();
        if (error.detail() instanceof byte[] details) {
          trailers.put(GrpcRules.DETAILS, details);
        }
        call.close(Status.fromCodeValue(error.code()).withDescription("no"), trailers);
      }
      case Reply.Silence silence -> {}
      case Reply.Cut cut -> server.shutdownNow();
    }
  }

  private static Map<String, String> text(ServerCall<?, ?> call, Metadata headers) {
    Map<String, String> text = new HashMap<>();
    text.put(":authority", call.getAuthority());
    for (String key : headers.keys()) {
      if (!key.endsWith("-bin")) {
        text.put(key, headers.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER)));
      }
    }
    return text;
  }

  @Override
  URI uri() {
    return URI.create(scheme + "://127.0.0.1:" + server.getPort());
  }

  @Override
  public void close() {
    server.shutdownNow();
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
