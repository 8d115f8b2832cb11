package dev.spanthrift.agent.command.simulate;

import dev.spanthrift.agent.config.policy.PolicyParser;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.exporter.NetworkWords;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a running sidecar about the last spans that it received, by its REST API. */
final class LiveSimulation {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofMinutes(5);

  private final URI base;

  /**
   * Only remembers where.
   *
   * @throws IllegalArgumentException when it is no URL
   */
  LiveSimulation(String url) {
    if (!url.matches("http://[^/@\\s]+/*")) {
      throw new IllegalArgumentException(
          "--live is a URL such as http://127.0.0.1:4321, not " + url);
    }
    base = URI.create(url.replaceAll("/+$", "") + "/api/v1/policy:simulate");
  }

  /**
   * Asks.
   *
   * @throws IOException with what the sidecar says is wrong
   */
  WhatIfAnswer ask(PolicyDocument policy, @Nullable String budget)
      throws IOException, InterruptedException {
    byte[] document = JsonMapper.shared().writeValueAsBytes(PolicyParser.toMap(policy));
    String query =
        budget == null ? "" : "?budget=" + URLEncoder.encode(budget, StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + query))
            .timeout(ANSWER)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(document))
            .build();
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return read(answer);
    } catch (ConnectException e) {
      throw new IOException(NetworkWords.of(e, base.getAuthority()) + " (--live)", e);
    }
  }

  private static WhatIfAnswer read(HttpResponse<String> answer) throws IOException {
    try {
      if (answer.statusCode() == 200) {
        return JsonMapper.shared().readValue(answer.body(), WhatIfAnswer.class);
      }
      throw new IOException(problem(JsonMapper.shared().readTree(answer.body())));
    } catch (JacksonException e) {
      throw new IOException("HTTP " + answer.statusCode() + ": is this a Spanthrift?", e);
    }
  }

  private static String problem(JsonNode problem) {
    StringBuilder text = new StringBuilder(problem.path("title").asString("refused"));
    text.append(": ").append(problem.path("detail").asString(""));
    for (JsonNode error : problem.path("errors")) {
      text.append("\n  ")
          .append(error.path("pointer").asString(""))
          .append(": ")
          .append(error.path("detail").asString(""))
          .append("; ")
          .append(error.path("suggestion").asString(""));
    }
    return text.toString();
  }
}
