package dev.spanthrift.agent.client;

import dev.spanthrift.exporter.NetworkWords;
import dev.spanthrift.sampler.wire.Signal;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** OTLP over HTTP with protobuf bodies, without TLS. */
public final class PlainHttpClient implements OtlpClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long PAUSE_MILLIS = 200;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final String at;
  private final String base;

  public PlainHttpClient(String host, int port) {
    at = OtlpClient.at(host, port);
    base = "http://" + at;
  }

  @Override
  public Reply send(Signal signal, byte[] request) throws InterruptedException {
    HttpRequest post =
        HttpRequest.newBuilder(URI.create(base + signal.httpPath()))
            .timeout(TIMEOUT)
            .header("content-type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(request))
            .build();
    try {
      return reply(client.send(post, HttpResponse.BodyHandlers.ofByteArray()));
    } catch (ConnectException | HttpConnectTimeoutException e) {
      return new Reply.Unreachable(NetworkWords.of(e, at), true);
    } catch (HttpTimeoutException e) {
      return new Reply.TryAgain(NetworkWords.of(e, at), PAUSE_MILLIS);
    } catch (IOException e) {
      return new Reply.Unreachable(
          at
              + " does not speak HTTP, or closes the connection: is it a gRPC port (--grpc)? ("
              + NetworkWords.of(e, "")
              + ")",
          false);
    }
  }

  /** 429, 502, 503 and 504 may be sent again (specs.md C4). */
  private static Reply reply(HttpResponse<byte[]> answer) {
    return switch (answer.statusCode()) {
      case 200, 202 -> new Reply.Accepted(PartialSuccess.rejected(answer.body()));
      case 429, 502, 503, 504 -> new Reply.TryAgain("HTTP " + answer.statusCode(), PAUSE_MILLIS);
      case 401, 403 ->
          new Reply.Refused(
              "HTTP " + answer.statusCode() + " (it wants credentials, and send has none)", true);
      case 404, 405, 415 ->
          new Reply.Refused(
              "HTTP " + answer.statusCode() + " (no OTLP/HTTP port for traces)", true);
      case 413 -> new Reply.Refused("HTTP 413 (too large for it)", false);
      default -> new Reply.Refused("HTTP " + answer.statusCode(), false);
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
