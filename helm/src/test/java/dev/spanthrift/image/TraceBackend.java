package dev.spanthrift.image;

import com.github.luben.zstd.ZstdInputStream;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An OTLP/HTTP backend that takes traces compressed by zstd, and remembers them. */
final class TraceBackend implements AutoCloseable {
  private final HttpServer server;
  private final BlockingQueue<ExportTraceServiceRequest> requests = new LinkedBlockingQueue<>();

  TraceBackend() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          boolean isZstd =
              List.of("zstd").equals(exchange.getRequestHeaders().get("Content-Encoding"));
          try (InputStream body = exchange.getRequestBody();
              InputStream plain = isZstd ? new ZstdInputStream(body) : body) {
            requests.add(ExportTraceServiceRequest.parseFrom(plain));
          }
          exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
          exchange.sendResponseHeaders(isZstd ? 200 : 400, -1);
          exchange.close();
        });
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The next request with spans in it; the first may be a probe without any. */
  ExportTraceServiceRequest await() throws InterruptedException {
    while (true) {
      ExportTraceServiceRequest request = requests.poll(60, TimeUnit.SECONDS);
      if (request == null) {
        throw new AssertionError("no trace came in 60 s");
      }
      if (request.getResourceSpansCount() > 0) {
        return request;
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
