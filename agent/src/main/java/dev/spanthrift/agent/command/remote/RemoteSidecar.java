package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.config.yaml.InputFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running sidecar's REST API, asked once. */
final class RemoteSidecar {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final URI at;
  private final @Nullable Path tokenFile;

  RemoteSidecar(URI at, @Nullable Path tokenFile) {
    this.at = at;
    this.tokenFile = tokenFile;
  }

  /** What it said instead of an answer; the message is for people. */
  static final class RefusedException extends Exception {
    private final int status;

    RefusedException(int status, String message) {
      super(message);
      this.status = status;
    }

    /** Of HTTP; 0 when nobody answered. */
    int status() {
      return status;
    }
  }

  /**
   * Asks.
   *
   * @param path with its query, encoded
   */
  JsonNode get(String path) throws RefusedException, InterruptedException {
    return ask(HttpRequest.newBuilder().GET(), path);
  }

  private JsonNode ask(HttpRequest.Builder request, String path)
      throws RefusedException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      HttpResponse<byte[]> response =
          client.send(
              authorized(request).uri(at.resolve(path)).timeout(ANSWER).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      JsonNode body = body(response);
      if (response.statusCode() >= 300) {
        throw new RefusedException(response.statusCode(), words(response.statusCode(), body));
      }
      return body;
    } catch (IOException | IllegalArgumentException e) {
      throw new RefusedException(
          0, "no sidecar answers at " + at + ": " + InputFile.reason(e) + "; is --at right?");
    }
  }

  private HttpRequest.Builder authorized(HttpRequest.Builder request) throws IOException {
    return tokenFile == null
        ? request
        : request.header(
            "Authorization",
            "Bearer " + Files.readString(tokenFile, StandardCharsets.UTF_8).strip());
  }

  private JsonNode body(HttpResponse<byte[]> response) throws RefusedException {
    try {
      return JsonMapper.shared().readTree(response.body());
    } catch (JacksonException e) {
      throw new RefusedException(
          response.statusCode(), "what answers at " + at + " is no Spanthrift: it sends no JSON");
    }
  }

  /** Title, detail and suggestions of problem+json, a line each. */
  private static String words(int status, JsonNode problem) {
    List<String> lines = new ArrayList<>();
    lines.add(problem.path("title").asString("status " + status));
    add(problem.path("detail").asString(""), lines);
    for (JsonNode error : problem.path("errors")) {
      add(
          "  " + error.path("pointer").asString("") + ": " + error.path("detail").asString(""),
          lines);
      add("    try " + error.path("suggestion").asString(""), lines);
    }
    add(problem.path("advice").asString(""), lines);
    return String.join("\n", lines);
  }

  private static void add(String line, List<String> lines) {
    if (!line.isBlank() && !line.strip().equals("try")) {
      lines.add(line);
    }
  }
}
