package dev.spanthrift.agent.telemetry;

import dev.spanthrift.agent.receive.TestKeys;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** OTLP/gRPC for metrics, on the generated classes. */
final class MetricsServer implements AutoCloseable {
  private final Server server;

  /**
   * Listens on a free port of loopback.
   *
   * @param keys for TLS; plain text without
   */
  MetricsServer(
      List<ExportMetricsServiceRequest> requests,
      List<String> authorizations,
      @Nullable TestKeys keys)
      throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress("localhost", 0))
            .intercept(new Authorizations(authorizations))
            .addService(new Taking(requests));
    if (keys != null) {
      builder.sslContext(
          GrpcSslContexts.configure(
                  SslContextBuilder.forServer(keys.certificate().toFile(), keys.key().toFile()),
                  SslProvider.JDK)
              .build());
    }
    server = builder.build().start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static final class Taking extends MetricsServiceGrpc.MetricsServiceImplBase {
    private final List<ExportMetricsServiceRequest> requests;

    Taking(List<ExportMetricsServiceRequest> requests) {
      this.requests = requests;
    }

    @Override
    public void export(
        ExportMetricsServiceRequest request, StreamObserver<ExportMetricsServiceResponse> answer) {
      requests.add(request);
      answer.onNext(ExportMetricsServiceResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  private record Authorizations(List<String> seen) implements ServerInterceptor {
    private static final Metadata.Key<String> KEY =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      seen.add(headers.get(KEY));
      return next.startCall(call, headers);
    }
  }
}
