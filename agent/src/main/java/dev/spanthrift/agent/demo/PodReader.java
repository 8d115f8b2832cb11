package dev.spanthrift.agent.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the sidecars of a demo over their REST ports. Not thread-safe. */
final class PodReader implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();
  private final JsonMapper json = JsonMapper.builder().build();
  private List<PodFigures> pods;
  private FleetSpend spend = new FleetSpend("", 0, 0, 0);

  /**
   * The books of the fleet.
   *
   * @param budget 0 until it is known
   * @param overShare of the budget's period, from 0 to 1
   */
  record FleetSpend(String currency, double spent, double budget, double overShare) {
    double spentShare() {
      return budget > 0 ? spent / budget : 0;
    }
  }

  PodReader(List<PodFigures> pods) {
    this.pods = List.copyOf(pods);
  }

  List<PodFigures> pods() {
    return pods;
  }

  FleetSpend spend() {
    return spend;
  }

  /** Asks all of them at once; who does not answer in time keeps its last figures. */
  void read() {
    List<CompletableFuture<@Nullable JsonNode>> answers =
        pods.stream().map(pod -> ask(pod.page(), "/api/v1/status")).toList();
    List<PodFigures> fresh = new ArrayList<>();
    for (int i = 0; i < pods.size(); i++) {
      PodFigures last = pods.get(i);
      JsonNode status = answers.get(i).join();
      fresh.add(
          status == null ? last.withoutAnswer() : PodFigures.of(last.name(), last.page(), status));
    }
    pods = List.copyOf(fresh);
    for (PodFigures pod : pods) {
      JsonNode books = pod.answers() ? ask(pod.page(), "/api/v1/spend").join() : null;
      if (books != null) {
        spend = spend(books);
        return;
      }
    }
  }

  private CompletableFuture<@Nullable JsonNode> ask(int port, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(LIMIT)
            .build();
    return client
        .sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .handle((answer, e) -> e == null && answer.statusCode() == 200 ? parse(answer) : null);
  }

  private @Nullable JsonNode parse(HttpResponse<String> answer) {
    try {
      return json.readTree(answer.body());
    } catch (JacksonException cutOff) {
      return null;
    }
  }

  private static FleetSpend spend(JsonNode books) {
    long now = System.currentTimeMillis();
    long from = millis(books.path("period").path("from"), now);
    long to = millis(books.path("period").path("to"), now + 1);
    return new FleetSpend(
        books.path("currency").asString(""),
        books.path("spent").asDouble(0),
        books.path("budget").asDouble(0),
        (double) (now - from) / Math.max(1, to - from));
  }

  private static long millis(JsonNode time, long otherwise) {
    return time.isString() ? Instant.parse(time.asString()).toEpochMilli() : otherwise;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
