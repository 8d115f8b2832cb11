package dev.spanthrift.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.spanthrift.agent.control.front.RawClient;
import dev.spanthrift.sampler.explain.DecisionLog;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client that knows nothing but openapi.json: it makes requests from the schemas, right ones and
 * wrong ones, and holds status, type and body of each answer against what is written there.
 */
class OpenApiClientTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final int REQUESTS = Integer.getInteger("requests", 16); // of each operation
  private static final int DEPTH_MAX = 5;
  private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;
  private static final List<String> ODD =
      List.of(
          "",
          " ",
          "null",
          "-1",
          "1e999",
          "%00",
          "../../etc/passwd",
          "\u00e9\u4e2d",
          "a b",
          "'",
          "*",
          "~",
          "a~1/b");

  @TempDir static Path directory;
  private static AdminPort port;
  private final Random random = new Random(SEED);
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
  private final Map<JsonNode, Schema> schemas = new HashMap<>();
  private final JsonNode root = OpenApi.get().root();

  @BeforeAll
  static void start() throws Exception {
    port = AdminPort.startWithRealPolicies(directory);
    port.pipeline.decisions = new DecisionLog(1 << 20, System::currentTimeMillis);
  }

  @AfterAll
  static void stop() {
    port.close();
  }

  @Test
  void everyAnswerStandsInTheDescription() throws Exception {
    Map<Integer, Integer> seen = new TreeMap<>();
    List<String> complaints = new ArrayList<>();
    for (var path : root.path("paths").properties()) {
      for (var method : path.getValue().properties()) {
        for (int i = 0; i < REQUESTS; i++) {
          try {
            int status =
                ask(method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue());
            seen.merge(status, 1, Integer::sum);
          } catch (AssertionError e) {
            complaints.add(String.valueOf(e.getMessage()));
            break; // one of each operation is enough to read
          }
        }
      }
    }
    assertEquals("", String.join("\n", complaints));
    assertTrue(seen.getOrDefault(200, 0) > REQUESTS, "seed " + SEED + ": " + seen);
    assertTrue(seen.getOrDefault(422, 0) > REQUESTS / 2, "seed " + SEED + ": " + seen);
    assertTrue(
        seen.keySet().containsAll(List.of(400, 401, 404, 412, 428)), "seed " + SEED + ": " + seen);
  }

  private int ask(String method, String template, JsonNode operation) throws Exception {
    boolean wrong = random.nextInt(3) == 0;
    String path = template;
    List<String> query = new ArrayList<>();
    List<String> head = new ArrayList<>();
    head.add("Host: localhost");
    if (random.nextInt(8) > 0) {
      head.add("Authorization: Bearer " + AdminPort.TOKEN);
    } else if (random.nextInt(8) == 0) { // seldom: each costs as much as fifty requests
      head.add("Authorization: Bearer wrong");
    }
    for (JsonNode parameter : operation.path("parameters")) {
      String name = parameter.path("name").asString();
      boolean required = parameter.path("required").asBoolean(false);
      String value = text(parameter.path("schema"), wrong && random.nextInt(3) == 0);
      switch (parameter.path("in").asString()) {
        case "path" ->
            path = path.replace("{" + name + "}", encoded(value.isEmpty() ? "x" : value));
        case "query" -> {
          if (required || random.nextInt(3) == 0) {
            query.add(name + "=" + encoded(value));
          }
        }
        case "header" -> {
          if (random.nextInt(4) > 0) {
            head.add(name + ": " + header(name, value));
          }
        }
        default -> fail("a parameter in " + parameter.path("in"));
      }
    }
    byte[] body = new byte[0];
    JsonNode content = operation.path("requestBody").path("content");
    if (!content.isMissingNode()) {
      JsonNode schema = content.path("application/json").path("schema");
      String text =
          wrong && random.nextInt(4) == 0
              ? ODD.get(random.nextInt(ODD.size()))
              : made(schema, wrong, 0).toString();
      body = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      head.add("Content-Type: application/" + (wrong && random.nextInt(8) == 0 ? "xml" : "json"));
      head.add("Content-Length: " + body.length);
    }
    head.addFirst(
        method + " " + path + (query.isEmpty() ? "" : "?" + String.join("&", query)) + " HTTP/1.1");
    String what =
        "seed "
            + SEED
            + ": "
            + head
            + " "
            + new String(body, java.nio.charset.StandardCharsets.UTF_8);
    try (RawClient client = new RawClient(URI.create(port.url()).getPort())) {
      client.send(
          RawClient.head(head.toArray(String[]::new))
              + new String(body, java.nio.charset.StandardCharsets.ISO_8859_1));
      if (template.contains("/stream/")) {
        return 0; // endless; StreamsTest has it
      }
      RawClient.Reply reply = client.read();
      check(operation, reply, what);
      return reply.status();
    }
  }

  private void check(JsonNode operation, RawClient.Reply reply, String what) {
    JsonNode described = operation.path("responses").path(String.valueOf(reply.status()));
    assertFalse(
        described.isMissingNode(), what + " → " + reply.status() + " is not described: " + reply);
    assertTrue(reply.status() != 500, what + " → " + reply);
    assertFalse(reply.body().contains(AdminPort.TOKEN), what);
    JsonNode content = described.path("content");
    String type = String.valueOf(reply.headers().get("content-type")).split(";", 2)[0];
    if (content.isMissingNode() || content.isEmpty()) {
      assertEquals("", reply.body(), what);
      return;
    }
    assertTrue(content.has(type), what + " → type " + type + " is not among " + content);
    JsonNode schema = content.path(type).path("schema");
    if (type.endsWith("json") && !schema.isMissingNode()) {
      List<Error> errors =
          schemas
              .computeIfAbsent(schema, this::compiled)
              .validate(JsonMapper.shared().readTree(reply.body()));
      String answer = reply.body().substring(0, Math.min(reply.body().length(), 1_000));
      assertTrue(errors.isEmpty(), () -> what + " → " + answer + ": " + errors);
    }
  }

  /** A schema of the description, with what it refers to. */
  private Schema compiled(JsonNode schema) {
    ObjectNode whole = MAKE.objectNode();
    whole.putArray("allOf").add(schema);
    whole.set("components", root.path("components"));
    return registry.getSchema(whole);
  }

  private String header(String name, String value) {
    if (name.equals("If-Match")) {
      return List.of("*", "\"stale\"", port.etag()).get(random.nextInt(3));
    }
    return value.replaceAll("[^ -~]", "?").strip();
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8)
        .replace("+", "%20");
  }

  private String text(JsonNode schema, boolean wrong) {
    JsonNode value = wrong ? MAKE.stringNode(odd()) : made(schema, false, 0);
    return value.isString() ? value.asString() : value.toString();
  }

  private String odd() {
    return ODD.get(random.nextInt(ODD.size()));
  }

  /** A value of a schema; a wrong one has, somewhere, what the schema does not say. */
  private JsonNode made(JsonNode given, boolean wrong, int depth) {
    JsonNode schema =
        given.has("$ref") ? root.at(given.path("$ref").asString().substring(1)) : given;
    if (wrong && random.nextInt(4) == 0) {
      return List.of(
              MAKE.stringNode(odd()),
              MAKE.numberNode(-1),
              MAKE.nullNode(),
              MAKE.booleanNode(true),
              (JsonNode) MAKE.arrayNode().add(odd()),
              MAKE.objectNode().put(odd(), 1))
          .get(random.nextInt(6));
    }
    if (schema.has("examples") && random.nextInt(3) > 0) {
      return schema.path("examples").get(random.nextInt(schema.path("examples").size()));
    }
    if (schema.has("enum")) {
      return schema.path("enum").get(random.nextInt(schema.path("enum").size()));
    }
    for (String choice : List.of("oneOf", "anyOf")) {
      if (schema.has(choice)) {
        return made(
            schema.path(choice).get(random.nextInt(schema.path(choice).size())), wrong, depth + 1);
      }
    }
    String type =
        schema.path("type").isArray()
            ? schema.path("type").get(0).asString()
            : schema.path("type").asString("string");
    return switch (type) {
      case "object" -> object(schema, wrong, depth);
      case "array" -> array(schema, wrong, depth);
      case "integer" -> MAKE.numberNode(random.nextInt(100));
      case "number" -> MAKE.numberNode(random.nextInt(100) / 100.0);
      case "boolean" -> MAKE.booleanNode(random.nextBoolean());
      default ->
          MAKE.stringNode(
              List.of("cart", "5m", "10%", "1", "errors", "a-b").get(random.nextInt(6)));
    };
  }

  private JsonNode object(JsonNode schema, boolean wrong, int depth) {
    ObjectNode made = MAKE.objectNode();
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.asString()));
    for (var property : schema.path("properties").properties()) {
      boolean wanted = required.contains(property.getKey());
      if (wanted ? !wrong || random.nextInt(6) > 0 : depth < DEPTH_MAX && random.nextBoolean()) {
        made.set(property.getKey(), made(property.getValue(), wrong, depth + 1));
      }
    }
    if (wrong && random.nextInt(6) == 0) {
      made.put("surprise", odd());
    }
    return made;
  }

  private JsonNode array(JsonNode schema, boolean wrong, int depth) {
    ArrayNode made = MAKE.arrayNode();
    for (int i = depth >= DEPTH_MAX ? 0 : random.nextInt(3); i > 0; i--) {
      made.add(made(schema.path("items"), wrong, depth + 1));
    }
    return made;
  }
}
