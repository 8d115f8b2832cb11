package dev.spanthrift.agent.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.http.server.PathContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API's description, as a judge: every answer seen in a test must stand in it. */
final class OpenApi {
  private static final OpenApi INSTANCE = new OpenApi();
  private final JsonNode root;

  private OpenApi() {
    try (InputStream in = OpenApi.class.getResourceAsStream("/static/openapi.json")) {
      root = JsonMapper.shared().readTree(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static OpenApi get() {
    return INSTANCE;
  }

  JsonNode root() {
    return root;
  }

  /** Lines like {@code GET /api/v1/policy}. */
  Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    for (var path : root.path("paths").properties()) {
      path.getValue()
          .propertyNames()
          .forEach(method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
    }
    return operations;
  }

  /** Fails a request whose answer's status is not described; methods that are no operation are 405. */
  ExchangeFilterFunction isKept() {
    return (request, next) ->
        next.exchange(request)
            .doOnNext(
                answer -> {
                  String path = request.url().getPath();
                  JsonNode operation = operation(request.method().name(), path);
                  String status = String.valueOf(answer.statusCode().value());
                  if (operation != null && operation.at("/responses/" + status).isMissingNode()) {
                    throw new AssertionError(
                        "openapi.json lacks " + request.method() + " " + path + " " + status);
                  }
                });
  }

  private JsonNode operation(String method, String path) {
    for (var entry : root.path("paths").properties()) {
      if (PathPatternParser.defaultInstance.parse(entry.getKey()).matches(PathContainer.parsePath(path))) {
        JsonNode operation = entry.getValue().path(method.toLowerCase(Locale.ROOT));
        return operation.isMissingNode() ? null : operation;
      }
    }
    return null;
  }
}
