package dev.spanthrift.agent.receive.json;

import static dev.spanthrift.agent.receive.json.Parts.traces;
import static dev.spanthrift.agent.receive.json.Parts.value;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The document around the rules: its ends, its encoding, keys given twice, and what it may cost.
 */
class DocumentTest {
  @ParameterizedTest
  @EnumSource(Signal.class)
  void s7_emptyBodyAndEmptyObjectAreEmptyRequests(Signal signal) {
    assertEquals(0, Requests.convert(signal, "").length);
    assertEquals(0, Requests.convert(signal, " \r\n").length);
    assertEquals(0, Requests.convert(signal, "{}").length);
    assertEquals(0, Requests.convert(signal, " { } ").length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "7",
        "\"a\"",
        "{",
        "}",
        "{\"",
        "{\"resourceSpans\":[}",
        "{,}",
        "{\"a\":1,}",
        "{'a':1}",
        "/**/{}"
      })
  void whatIsNoJsonObjectIsMalformed(String json) {
    Requests.malformed(Signal.TRACES, json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}{}", "{}}", "{} x", "{},", "{}\u0000", "{\"resourceSpans\":[]}[]"})
  void whatFollowsTheRequestIsMalformed(String json) {
    Requests.malformed(Signal.TRACES, json);
  }

  @Test
  void everyTruncationIsMalformed() {
    String json = "{\"resourceSpans\":[{\"schemaUrl\":\"a\",\"resource\":{}}]}";
    for (int cut = 1; cut < json.length(); cut++) {
      Requests.malformed(Signal.TRACES, json.substring(0, cut));
    }
    assertEquals(7, Requests.convert(Signal.TRACES, json).length);
  }

  @Test
  void bytesAroundTheRequestAreNotRead() {
    byte[] json = "x{\"resourceSpans\":[{}]}\"".getBytes(UTF_8);
    Encoded encoded = JsonToProtobuf.convert(Signal.TRACES, json, 1, json.length - 2);
    assertEquals("0a00", HexFormat.of().formatHex(encoded.array(), 0, encoded.length()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00ff",
        "\u00c0\u0080",
        "\u00e0\u0080\u0080",
        "\u00ed\u00a0\u0080",
        "\u00f4\u0090\u0080\u0080",
        "\u00c3",
        "\u0080"
      })
  void badUtf8IsMalformedInValuesNamesAndWhatIsSkipped(String bytes) {
    for (String json :
        new String[] {
          "{\"resourceSpans\":[{\"schemaUrl\":\"?\"}]}", "{\"?\":1}", "{\"x\":\"?\"}"
        }) {
      byte[] bad = json.replace("?", bytes).getBytes(ISO_8859_1);
      String message = Requests.malformed(Signal.TRACES, bad);
      assertTrue(message.contains("not UTF-8 at byte " + json.indexOf('?')), message);
    }
  }

  @Test
  void otherEncodingsAreMalformed() {
    Requests.malformed(Signal.TRACES, "{\"resourceSpans\":[]}".getBytes(UTF_16LE));
  }

  @Test
  void charactersOfEverySizeSurvive() {
    String text = "a\u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff";
    assertEquals(text, schemaUrl(text.replace("\u0000", "\\u0000")));
    assertEquals("\ud83d\ude00", schemaUrl("\\ud83d\\ude00"));
  }

  @Test
  void halfASurrogatePairIsReplaced() {
    assertEquals("a\ufffd", schemaUrl("a\\ud83d"));
    assertEquals("\ufffd\ufffdb\ufffd", schemaUrl("\\ud83d\\ud83db\\ude00"));
  }

  private static String schemaUrl(String text) {
    return traces("{\"resourceSpans\":[{\"schemaUrl\":\"" + text + "\"}]}")
        .getResourceSpans(0)
        .getSchemaUrl();
  }

  @Test
  void ofAKeyGivenTwiceTheLastWins() {
    String json =
        "{\"resourceSpans\":[{\"x\":1},{}],\"resourceSpans\":[{"
            + "\"resource\":{\"droppedAttributesCount\":1,\"attributes\":[{\"key\":\"%s\"}]},"
            + "\"schemaUrl\":\"a\",\"schemaUrl\":\"b\","
            + "\"resource\":{\"attributes\":[{\"key\":\"k\"}],\"attributes\":[]},"
            + "\"scopeSpans\":[{}],\"scopeSpans\":null}]}";
    ResourceSpans expected =
        ResourceSpans.newBuilder()
            .setResource(Resource.getDefaultInstance())
            .setSchemaUrl("b")
            .build();
    assertEquals(
        ExportTraceServiceRequest.newBuilder().addResourceSpans(expected).build(),
        traces(json.replace("%s", "k".repeat(100_000))));
  }

  @Test
  void ofTwoMembersOfAOneofTheLastWins() {
    assertEquals(7, value("\"arrayValue\":{\"values\":[{}]},\"intValue\":7").getIntValue());
    assertEquals(7, value("\"intValue\":7,\"stringValue\":null").getIntValue());
    assertEquals(
        1,
        value("\"arrayValue\":{\"values\":[{},{}]},\"intValue\":7,\"arrayValue\":{\"values\":[{}]}")
            .getArrayValue()
            .getValuesCount());
  }

  @Test
  void nestingUpToTheLimitIsWhatProtobufReadersBear() {
    int arrays = (JsonToProtobuf.NESTING_MAX - 10) / 3;
    assertFalse(traces(nested(arrays)).getResourceSpans(0).getResource().toString().isEmpty());
    Requests.malformed(Signal.TRACES, nested(arrays + 2));
  }

  private static String nested(int arrays) {
    return "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"value\":{"
        + "\"arrayValue\":{\"values\":[{".repeat(arrays)
        + "}]}".repeat(arrays)
        + "}}]}}]}";
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "{\"resourceSpans\":[", "{\"x\":[{\"x\":"})
  void aDepthBombIsMalformed(String step) {
    Requests.malformed(Signal.TRACES, step.repeat(1_000_000));
    Requests.malformed(Signal.TRACES, "{\"x\":" + step.repeat(1_000_000));
  }

  @Test
  void outputIsAtMostFourTimesTheInput() {
    String zeros = "0,".repeat(100_000) + "0";
    String json =
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"histogram\":{\"dataPoints\":[{"
            + "\"bucketCounts\":["
            + zeros
            + "]}]}}]}]}]}";
    byte[] converted = Requests.convert(Signal.METRICS, json);
    ExportMetricsServiceRequest request =
        (ExportMetricsServiceRequest) Requests.parse(Signal.METRICS, converted);
    assertArrayEquals(request.toByteArray(), converted);
    assertTrue(converted.length > 3.9 * json.length() && converted.length <= 4 * json.length());
  }

  @Test
  void manyEmptyMessagesConvertToTwoBytesEach() {
    String json = "{\"resourceSpans\":[" + "{},".repeat(1_000_000) + "{}]}";
    assertEquals(2_000_002, Requests.convert(Signal.TRACES, json).length);
  }

  @Test
  void theArrayIsTheThreadsUntilItGrowsBeyondWhatAnIdleThreadMayHold() {
    Encoded first = JsonToProtobuf.convert(Signal.TRACES, "{}".getBytes(UTF_8), 0, 2);
    byte[] large =
        ("{\"resourceSpans\":[{\"schemaUrl\":\"" + "a".repeat(2 << 20) + "\"}]}").getBytes(UTF_8);
    byte[] largeArray = JsonToProtobuf.convert(Signal.TRACES, large, 0, large.length).array();
    Encoded last = JsonToProtobuf.convert(Signal.TRACES, "{}".getBytes(UTF_8), 0, 2);

    assertTrue(largeArray.length > 1 << 20);
    assertSame(first.array(), last.array());
  }

  @Test
  void conversionGoesOnAfterAMalformedRequest() {
    byte[] before = Requests.convert(Signal.TRACES, "{\"resourceSpans\":[{\"resource\":{}}]}");
    Requests.malformed(
        Signal.TRACES,
        "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"" + "a".repeat(500));
    byte[] after = Requests.convert(Signal.TRACES, "{\"resourceSpans\":[{\"resource\":{}}]}");
    assertTrue(Arrays.equals(before, after));
  }

  @Test
  void messagesSayWhereAndNeverTheContent() {
    String secret = "hunter2";
    for (String value :
        new String[] {secret, '"' + secret, "\"" + secret + "\\q\"", '"' + secret + "\"}"}) {
      String json = "{\"resourceSpans\":[{\"resource\":{\"droppedAttributesCount\":" + value;
      String message = Requests.malformed(Signal.TRACES, json);
      assertTrue(message.startsWith("/resourceSpans/0/resource"), message);
      assertFalse(message.contains(secret), message);
    }
  }

  @Test
  void messagesAreShortAndPrintableWhateverTheNames() {
    String name = "a\\n".repeat(150);
    String message = Requests.malformed(Signal.TRACES, "{\"" + name + "\":{\"" + name + "\":[}}");
    assertTrue(
        message.length() < 600 && message.chars().noneMatch(Character::isISOControl), message);
    Requests.malformed(Signal.TRACES, "{\"" + "a".repeat(JsonToProtobuf.NAME_MAX + 1) + "\":1}");
  }
}
