package dev.spanthrift.bench.speed;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Spanthrift whose page somebody had open for a while, with the streams that it listens to, and
 * closed again: what REST, page and streams cost afterwards, when nobody looks any more.
 */
record LookedAt(Subject.Spanthrift sidecar) implements Subject {
  private static final Duration OPEN = Duration.ofSeconds(3);
  private static final List<String> ASKED =
      List.of(
          "/",
          "/api/v1/status",
          "/api/v1/spend",
          "/api/v1/history",
          "/api/v1/operations",
          "/api/v1/policy/effective",
          "/api/v1/decisions",
          "/api/v1/alerts",
          "/api/v1/recommendations",
          "/api/v1/report",
          "/api/v1/audit");
  private static final List<String> STREAMS = List.of("overview", "decisions", "audit");

  @Override
  public String name() {
    return "looked-at";
  }

  @Override
  public Server start(Setting setting, int sinkPort, Path directory) {
    Server server = sidecar.start(setting, sinkPort, directory);
    try {
      look("http://127.0.0.1:" + server.ports().admin());
    } catch (IOException e) {
      server.close();
      throw new IllegalStateException("cannot look at it: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      server.close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while it was looked at", e);
    }
    return server;
  }

  private static void look(String admin) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String path : ASKED) {
        answer(client, admin + path, HttpResponse.BodyHandlers.discarding());
      }
      for (String topic : STREAMS) {
        try (InputStream events =
            answer(
                client,
                admin + "/api/v1/stream/" + topic,
                HttpResponse.BodyHandlers.ofInputStream())) {
          if (events.read() < 0) {
            throw new IOException("the stream " + topic + " has ended at once");
          }
          Thread.sleep(OPEN);
        }
      }
    }
  }

  private static <T> T answer(HttpClient client, String url, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    HttpResponse<T> response =
        client.send(HttpRequest.newBuilder(URI.create(url)).build(), handler);
    if (response.statusCode() >= 500) { // 409: nothing is recorded yet, which is an answer
      throw new IOException(url + " answers " + response.statusCode());
    }
    return response.body();
  }
}
