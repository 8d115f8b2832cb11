package dev.spanthrift.agent.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

class BodyFormatTest {
  /** Who reads a policy as YAML, changes a word and writes it back must not change the rest. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "80000000000000",
        "1e3",
        "017",
        "0.50",
        "+1",
        ".inf",
        "-.INF",
        ".nan",
        "true",
        "True",
        "no",
        "on",
        "y",
        "null",
        "~",
        "Null",
        "0x1F",
        "0o17",
        "0b11",
        "1_000",
        "1:30",
        "12:34:56",
        "2024-01-01",
        "2024-01-01T00:00:00Z",
        "-0",
        "1.",
        ".5",
        "=",
        "a:b",
        "a: b",
        "a #b",
        "- a",
        "*",
        "&a",
        "!t",
        "@",
        "`",
        "%",
        "{a}",
        "[a]",
        "'",
        "\"",
        "",
        " ",
        " a",
        "a ",
        "a\nb",
        "\t",
        "GET /cart/{id}",
        "/cart",
        "errors",
        "slow logins",
        "결제",
        "<<"
      })
  void textStaysTextThroughYaml(String text) {
    JsonNode document = JsonNodeFactory.instance.objectNode().put("equals", text);
    assertEquals(document, BodyFormat.YAML.read(BodyFormat.YAML.write(document)));
    JsonNode key = JsonNodeFactory.instance.objectNode().put("k" + text, true);
    assertEquals(key, BodyFormat.YAML.read(BodyFormat.YAML.write(key)));
  }

  @Test
  void whatIsNoTextStaysWhatItIs() {
    JsonNode document =
        JsonMapper.shared().readTree("{\"a\":1,\"b\":0.5,\"c\":true,\"d\":[1e30],\"e\":null}");
    assertEquals(document, BodyFormat.YAML.read(BodyFormat.YAML.write(document)));
  }

  @Test
  void wordsNeedNoQuotes() {
    JsonNode document = JsonNodeFactory.instance.objectNode().put("name", "slow logins");
    assertEquals("name: slow logins\n", new String(BodyFormat.YAML.write(document)));
  }
}
