package dev.spanthrift.agent.client;

import dev.spanthrift.sampler.wire.Signal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** OTLP over HTTP with protobuf bodies, without TLS. */
public final class PlainHttpClient implements OtlpClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long PAUSE_MILLIS = 200;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final String base;

  public PlainHttpClient(String host, int port) {
    base = "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
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
    } catch (IOException e) {
      return new Reply.TryAgain(e.getClass().getSimpleName() + ": " + e.getMessage(), PAUSE_MILLIS);
    }
  }

  /** 429, 502, 503 and 504 may be sent again (specs C4). */
  private static Reply reply(HttpResponse<byte[]> answer) {
    return switch (answer.statusCode()) {
      case 200, 202 -> new Reply.Accepted(PartialSuccess.rejected(answer.body()));
      case 429, 502, 503, 504 -> new Reply.TryAgain("HTTP " + answer.statusCode(), PAUSE_MILLIS);
      default -> new Reply.Refused("HTTP " + answer.statusCode());
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
