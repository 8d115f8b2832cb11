package dev.spanthrift.agent.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.springframework.http.server.PathContainer;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.util.pattern.PathPatternParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** The API's description, as a judge: every answer seen in a test must stand in it. */
public final class OpenApi {
  private static final OpenApi INSTANCE = new OpenApi();
  private final JsonNode root;

  private OpenApi() {
    try (InputStream in = OpenApi.class.getResourceAsStream("/static/openapi.json")) {
      root = JsonMapper.shared().readTree(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static OpenApi get() {
    return INSTANCE;
  }

  /** Takes the text of an answer; of a stream, which never ends, nothing. */
  public static HttpResponse.BodyHandler<String> unlessEndless() {
    return head ->
        head.headers().firstValue("Content-Type").orElse("").equals("text/event-stream")
            ? new Endless()
            : HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
  }

  /** Ends the stream with its first bytes. */
  private static final class Endless implements HttpResponse.BodySubscriber<String> {
    @Override
    public CompletionStage<String> getBody() {
      return CompletableFuture.completedFuture("");
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.cancel();
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {}

    @Override
    public void onError(Throwable thrown) {}

    @Override
    public void onComplete() {}
  }

  public JsonNode root() {
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

  /**
   * Fails a request whose answer's status is not described; methods that are no operation are 405.
   */
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
      if (PathPatternParser.defaultInstance
          .parse(entry.getKey())
          .matches(PathContainer.parsePath(path))) {
        JsonNode operation = entry.getValue().path(method.toLowerCase(Locale.ROOT));
        return operation.isMissingNode() ? null : operation;
      }
    }
    return null;
  }

  /** Differences between a value and a named schema, both ways: what is missing, what is extra. */
  public List<String> mismatches(String schema, JsonNode value) {
    List<String> found = new ArrayList<>();
    compare("$", root.at("/components/schemas/" + schema), value, found);
    return found;
  }

  private void compare(String where, JsonNode given, JsonNode value, List<String> found) {
    JsonNode schema =
        given.has("$ref") ? root.at(given.path("$ref").asString().substring(1)) : given;
    if (schema.path("type").isArray() && schema.path("type").toString().contains("\"null\"")) {
      String type = schema.path("type").get(0).asString();
      if (!value.isNull()) {
        compare(where, JsonNodeFactory.instance.objectNode().put("type", type), value, found);
      }
      return;
    }
    switch (schema.path("type").asString("any")) {
      case "object" -> compareObject(where, schema, value, found);
      case "array" -> {
        check(value.isArray(), where + " is no array", found);
        for (JsonNode item : value) {
          compare(where + "[]", schema.path("items"), item, found);
        }
      }
      case "integer" -> check(value.isIntegralNumber(), where + " is no integer", found);
      case "number" -> check(value.isNumber(), where + " is no number", found);
      case "boolean" -> check(value.isBoolean(), where + " is no boolean", found);
      case "string" -> check(value.isString(), where + " is no string", found);
      default -> {
        String allowed = schema.path("enum").toString();
        check(
            schema.isEmpty() || allowed.contains(value.toString()),
            where + " is not in " + allowed,
            found);
      }
    }
  }

  private void compareObject(String where, JsonNode schema, JsonNode value, List<String> found) {
    check(value.isObject(), where + " is no object", found);
    for (JsonNode name : schema.path("required")) {
      check(value.has(name.asString()), where + " lacks " + name, found);
    }
    for (var field : value.properties()) {
      JsonNode known = schema.path("properties").path(field.getKey());
      JsonNode type = known.isMissingNode() ? schema.path("additionalProperties") : known;
      check(!type.isMissingNode(), where + " has unknown " + field.getKey(), found);
      if (!type.isMissingNode() && !type.isBoolean()) { // true: anything may stand here
        compare(where + "." + field.getKey(), type, field.getValue(), found);
      }
    }
  }

  private static void check(boolean good, String otherwise, List<String> found) {
    if (!good) {
      found.add(otherwise);
    }
  }
}
