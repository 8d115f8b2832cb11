package dev.spanthrift.agent.it;

import com.github.luben.zstd.ZstdInputStream;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** OTLP over HTTP/1.1, protobuf only. */
final class HttpBackend extends OtlpBackend {
  private final @Nullable SSLContext tls;
  private HttpServer server;
  private final int port;

  HttpBackend() {
    this(null);
  }

  /** Asks clients for certificates when it has TLS. */
  HttpBackend(@Nullable SSLContext tls) {
    this.tls = tls;
    server = start(0);
    port = server.getAddress().getPort();
  }

  private HttpServer start(int port) {
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);
    try {
      HttpServer started = tls == null ? HttpServer.create(address, 0) : secure(address, tls);
      started.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      started.createContext("/", this::handle);
      started.start();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpServer secure(InetSocketAddress address, SSLContext tls) throws IOException {
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = tls.getDefaultSSLParameters();
            wanted.setNeedClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    return server;
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    byte[] body = body(headers.getOrDefault("content-encoding", ""), exchange.getRequestBody());
    Optional<Otlp> signal = Otlp.ofPath(exchange.getRequestURI().getPath());
    boolean protobuf = "application/x-protobuf".equals(headers.get("content-type"));
    if (signal.isEmpty() || !protobuf || !exchange.getRequestMethod().equals("POST")) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    int status =
        switch (arrived(signal.get(), headers, body)) {
          case TAKE -> 200;
          case UNAVAILABLE -> 503;
          case REFUSE -> 400;
          case HANG -> 0;
        };
    if (status != 0) {
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(status, -1);
    }
  }

  private static byte[] body(String encoding, InputStream in) throws IOException {
    return switch (encoding) {
      case "" -> in.readAllBytes();
      case "gzip" -> new GZIPInputStream(in).readAllBytes();
      case "zstd" -> new ZstdInputStream(in).readAllBytes();
      default -> throw new AssertionError("Content-Encoding: " + encoding);
    };
  }

  @Override
  URI uri() {
    return URI.create((tls == null ? "http" : "https") + "://127.0.0.1:" + port);
  }

  @Override
  String protocol() {
    return "http/protobuf";
  }

  @Override
  void down() {
    close();
  }

  @Override
  void up() {
    server = start(port);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
