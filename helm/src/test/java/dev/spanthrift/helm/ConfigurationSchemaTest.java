package dev.spanthrift.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What stands under {@code config} and {@code policies} is what the program knows: the schema's part
 * for it is made from the program's own example, and every policy of its documentation passes.
 */
class ConfigurationSchemaTest {
  private static final Path SCHEMA = Chart.FOLDER.resolve("values.schema.json");
  private static final Path EXAMPLE = Path.of("../spanthrift.example.yaml");
  private static final Path POLICIES = Path.of("../docs/policies.md");
  private static final Gson PRETTY =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  @Test
  void theSchemaKnowsEveryKeyOfTheProgramsConfigurationAndNoOther() throws IOException {
    JsonObject schema = JsonParser.parseString(Files.readString(SCHEMA)).getAsJsonObject();
    JsonObject wanted = schemaOf(Rendered.parse(Files.readString(EXAMPLE)));
    wanted.addProperty("type", "object");
    if (Chart.UPDATE) {
      schema.getAsJsonObject("definitions").add("configuration", wanted);
      Files.writeString(SCHEMA, PRETTY.toJson(schema) + "\n");
    }
    assertEquals(
        wanted,
        schema.getAsJsonObject("definitions").get("configuration"),
        "run with -Dhelm.update=true");
  }

  /** Sections by their keys; a value may be any scalar, for the program says what is right of it. */
  private static JsonObject schemaOf(JsonElement example) {
    JsonObject schema = new JsonObject();
    if (example.isJsonObject() && !example.getAsJsonObject().isEmpty()) {
      schema.add("type", types("object", "null"));
      schema.addProperty("additionalProperties", false);
      JsonObject properties = new JsonObject();
      example
          .getAsJsonObject()
          .entrySet()
          .forEach(e -> properties.add(e.getKey(), property(e.getKey(), e.getValue())));
      schema.add("properties", properties);
    } else if (example.isJsonObject()) {
      schema.add("type", types("object", "null"));
    } else if (example.isJsonArray()) {
      schema.add("type", types("array", "null"));
    } else {
      schema.add("type", types("string", "number", "boolean", "null"));
    }
    return schema;
  }

  private static JsonObject property(String key, JsonElement example) {
    if (!key.equals("policies")) {
      return schemaOf(example);
    }
    JsonObject reference = new JsonObject();
    reference.addProperty("$ref", "#/definitions/policies");
    return reference;
  }

  private static JsonArray types(String... names) {
    JsonArray types = new JsonArray();
    List.of(names).forEach(types::add);
    return types;
  }

  static List<String> documentedPolicies() throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher matcher =
        Pattern.compile("```yaml\n(policies:.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(POLICIES));
    while (matcher.find()) {
      blocks.add(matcher.group(1).lines().filter(line -> !line.startsWith("default:")).toList()
          .stream().reduce("", (a, b) -> a + b + "\n"));
    }
    assertTrue(blocks.size() > 30, blocks::toString);
    return blocks;
  }

  @ParameterizedTest
  @MethodSource("documentedPolicies")
  void everyPolicyOfTheDocumentationPasses(String policies) {
    Rendered rendered = Chart.render(Chart.SIDECAR, policies);
    assertEquals(
        Rendered.parse(policies).get("policies"), rendered.configuration().get("policies"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          config: {sample: 0.1}                                       | sample
          config: {hold: {wait: 1s}}                                  | wait
          config: {hold: 5s}                                          | hold
          config: {policies: [{name: a, keeep: true}]}                | keeep
          sidecar: {config: {holds: {}}}                              | holds
          gateway: {config: {export: {delays: 1s}}}                   | delays
          policies: keep                                              | policies
          policies: [{keep: true}]                                    | name
          policies: [{name: a, match: {hasEror: true}, keep: true}]   | hasEror
          policies: [{name: a, match: {status: error}, keep: true}]   | ERROR
          policies: [{name: a, match: {status: ERROR, kind: SERVER}, keep: true}] | maxProperties
          policies: [{name: a, match: {attribute: {equals: 1}}, keep: true}] | key
          policies: [{name: a, match: {all: []}, keep: true}]         | all
          policies: [{name: a, match: {slowerThan: 5}, keep: true}]   | slowerThan
          policies: [{name: a, probability: 2}]                       | probability
          policies: [{name: a, keep: false}]                          | keep
          policies: [{name: a, rate: {perSecond: 5}}]                 | perSecond
          policies: [{name: a, action: keep}]                         | action
          """)
  void nonsenseIsRefusedByName(String values, String what) {
    String message =
        assertThrows(IllegalStateException.class, () -> Chart.render(Chart.SIDECAR, values))
            .getMessage();
    assertTrue(message.contains(what), message);
    assertTrue(message.contains("schema"), message);
  }
}
