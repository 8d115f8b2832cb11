package dev.spanthrift.agent.it;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;

/** Sends whatever bytes a test wants, by grpc-java and the JDK's HTTP client. */
public final class Sender implements AutoCloseable {
  static final String PROTOBUF = "application/x-protobuf";
  static final String JSON = "application/json";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final ManagedChannel channel;
  private final HttpClient client;
  private final String base;

  Sender(Program.Ports ports) {
    this(
        NettyChannelBuilder.forAddress("127.0.0.1", ports.grpc()).usePlaintext(),
        HttpClient.newBuilder(),
        "http://127.0.0.1:" + ports.http());
  }

  /** With TLS on both. */
  Sender(NettyChannelBuilder grpc, SSLContext http, Program.Ports ports) {
    this(grpc, HttpClient.newBuilder().sslContext(http), "https://127.0.0.1:" + ports.http());
  }

  private Sender(NettyChannelBuilder grpc, HttpClient.Builder http, String base) {
    channel = grpc.maxInboundMessageSize(16 << 20).build();
    client = http.version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();
    this.base = base;
  }

  Status.Code grpc(Otlp signal, byte[] request) {
    return grpc(signal, request, CallOptions.DEFAULT);
  }

  Status.Code grpcGzip(Otlp signal, byte[] request) {
    return grpc(signal, request, CallOptions.DEFAULT.withCompression("gzip"));
  }

  private Status.Code grpc(Otlp signal, byte[] request, CallOptions options) {
    try {
      byte[] answer =
          ClientCalls.blockingUnaryCall(
              channel,
              signal.rawMethod(),
              options.withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS),
              request);
      return answer.length == 0 ? Status.Code.OK : Status.Code.DATA_LOSS;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  HttpResponse<byte[]> http(Otlp signal, byte[] request) {
    return http(signal, PROTOBUF, "", request);
  }

  HttpResponse<byte[]> httpGzip(Otlp signal, byte[] request) {
    return http(signal, PROTOBUF, "gzip", gzip(request));
  }

  /**
   * One POST.
   *
   * @param encoding empty for none
   */
  HttpResponse<byte[]> http(Otlp signal, String type, String encoding, byte[] body) {
    HttpRequest.Builder request = request(signal, type, body);
    if (!encoding.isEmpty()) {
      request.header("Content-Encoding", encoding);
    }
    return send(request);
  }

  /** Asks first whether the body may come (Expect: 100-continue). */
  int announced(Otlp signal, byte[] body) {
    return send(request(signal, PROTOBUF, body).expectContinue(true)).statusCode();
  }

  private HttpRequest.Builder request(Otlp signal, String type, byte[] body) {
    return HttpRequest.newBuilder(URI.create(base + signal.path()))
        .timeout(LIMIT)
        .header("Content-Type", type)
        .POST(BodyPublishers.ofByteArray(body));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    client.shutdownNow();
  }
}
