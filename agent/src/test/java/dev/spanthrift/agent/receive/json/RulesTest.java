package dev.spanthrift.agent.receive.json;

import static dev.spanthrift.agent.receive.json.Parts.exemplar;
import static dev.spanthrift.agent.receive.json.Parts.histogram;
import static dev.spanthrift.agent.receive.json.Parts.log;
import static dev.spanthrift.agent.receive.json.Parts.point;
import static dev.spanthrift.agent.receive.json.Parts.profile;
import static dev.spanthrift.agent.receive.json.Parts.profiles;
import static dev.spanthrift.agent.receive.json.Parts.span;
import static dev.spanthrift.agent.receive.json.Parts.spanMalformed;
import static dev.spanthrift.agent.receive.json.Parts.traces;
import static dev.spanthrift.agent.receive.json.Parts.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.AnyValue.ValueCase;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of OTLP/JSON one by one; their ids are those of the project's checklist. */
class RulesTest {
  private static final String TRACE_ID = "5b8efff798038103d269b633813fc60c";
  private static final String BASE64_TRACE_ID = "W47/95gDgQPSabYzgT/GDA==";

  @ParameterizedTest
  @ValueSource(strings = {TRACE_ID, "5B8EFFF798038103D269B633813FC60C"})
  void j1_idsAreHexWhateverTheCase(String id) {
    ByteString bytes = ByteString.copyFrom(HexFormat.of().parseHex(TRACE_ID));
    String member = "\"traceId\":\"" + id + "\"";

    Span span =
        span(member + ",\"spanId\":\"0A\",\"parentSpanId\":\"0b\",\"links\":[{" + member + "}]");
    assertEquals(bytes, span.getTraceId());
    assertEquals(bytes, span.getLinks(0).getTraceId());
    assertEquals(ByteString.copyFrom(new byte[] {10}), span.getSpanId());
    assertEquals(ByteString.copyFrom(new byte[] {11}), span.getParentSpanId());
    assertEquals(bytes, log(member).getTraceId());
    assertEquals(bytes, exemplar(member).getTraceId());
    assertEquals(
        bytes,
        profiles("{\"dictionary\":{\"linkTable\":[{" + member + "}]}}")
            .getDictionary()
            .getLinkTable(0)
            .getTraceId());
  }

  @Test
  void j1_anEmptyIdIsUnset() {
    assertEquals(Span.getDefaultInstance(), span("\"parentSpanId\":\"\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"5b8\"",
        "\"5g\"",
        "\" 5b\"",
        "\"5b8e\\u0660\\u0661\"",
        "53",
        "[\"5b\"]",
        "{}",
        "true"
      })
  void j1_whatIsNotHexIsMalformed(String id) {
    String message = spanMalformed("\"traceId\":" + id);

    assertTrue(message.startsWith("/resourceSpans/0/scopeSpans/0/spans/0/traceId"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dGVzdP8/+w==", "dGVzdP8/+w", "dGVzdP8_-w==", "dGVzdP8_-w"})
  void j2_otherBytesAreBase64(String text) {
    ByteString bytes = ByteString.copyFrom(HexFormat.of().parseHex("74657374ff3ffb"));

    assertEquals(bytes, value("\"bytesValue\":\"" + text + "\"").getBytesValue());
    Profile profile =
        profile("\"profileId\":\"" + text + "\",\"originalPayload\":\"" + text + "\"");
    assertEquals(bytes, profile.getProfileId());
    assertEquals(bytes, profile.getOriginalPayload());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"A\"",
        "\"AA=\"",
        "\"AA==A\"",
        "\"A===\"",
        "\"=\"",
        "\"A A=\"",
        "\"AA\\n==\"",
        "\"AA\u00e9A\"",
        "1"
      })
  void j2_whatIsNotBase64IsMalformed(String text) {
    spanMalformed("\"attributes\":[{\"value\":{\"bytesValue\":" + text + "}}]");
  }

  @Test
  void j3_enumsAreNumbersOrNames() {
    assertEquals(SpanKind.SPAN_KIND_SERVER, span("\"kind\":2").getKind());
    assertEquals(SpanKind.SPAN_KIND_SERVER, span("\"kind\":\"SPAN_KIND_SERVER\"").getKind());
    assertEquals(SpanKind.SPAN_KIND_SERVER, span("\"kind\":\"2\"").getKind());
    assertEquals(99, span("\"kind\":99").getKindValue());
    assertEquals(-1, span("\"kind\":-1").getKindValue());
    assertEquals(2, span("\"status\":{\"code\":\"STATUS_CODE_ERROR\"}").getStatus().getCodeValue());
    assertEquals(
        SeverityNumber.SEVERITY_NUMBER_FATAL4,
        log("\"severityNumber\":\"SEVERITY_NUMBER_FATAL4\"").getSeverityNumber());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"SERVER\"", "\"span_kind_server\"", "\"\"", "2.5", "3000000000", "{}"})
  void j3_anUnknownNameIsMalformed(String kind) {
    spanMalformed("\"kind\":" + kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"y\":[1]}",
        "[[{\"resourceSpans\":7}],[]]",
        "null",
        "\"\\u0000\"",
        "-1e999",
        "true"
      })
  void j4_unknownFieldsAreIgnoredAtAnyDepth(String shape) {
    String unknown = "\"x\":" + shape + ",\"\":" + shape;
    String json =
        "{%s,\"resourceSpans\":[{%s,\"scopeSpans\":[{\"spans\":[{\"name\":\"a\",%s,\"attributes\":[{%s}]}],%s}]}]}"
            .replace("%s", unknown);

    Span span = traces(json).getResourceSpans(0).getScopeSpans(0).getSpans(0);
    assertEquals("a", span.getName());
    assertEquals(1, span.getAttributesCount());
  }

  @Test
  void j5_onlyLowerCamelCaseIsKnown() {
    String json =
        "\"dropped_attributes_count\":7,\"Name\":\"a\",\"trace_id\":3,\"droppedattributescount\":1,"
            + "\"droppedAttributesCoun\":1,\"droppedAttributesCounts\":1";
    assertEquals(Span.getDefaultInstance(), span(json));
    assertEquals(7, span("\"dropped\\u0041ttributesCount\":7").getDroppedAttributesCount());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1544712660123456789",
        "\"1544712660123456789\"",
        "1544712660123456789.0",
        "\"15447126601234567890e-1\""
      })
  void j6_longsAreExactAsStringOrNumber(String nanos) {
    assertEquals(
        1544712660123456789L, span("\"startTimeUnixNano\":" + nanos).getStartTimeUnixNano());
  }

  @Test
  void j6_bothEndsOfTheRangeAreExact() {
    assertEquals(-1L, span("\"endTimeUnixNano\":18446744073709551615").getEndTimeUnixNano());
    assertEquals(Long.MIN_VALUE, value("\"intValue\":-9223372036854775808").getIntValue());
    assertEquals(Long.MAX_VALUE, value("\"intValue\":\"9223372036854775807\"").getIntValue());
    assertEquals(-1L, point("\"asInt\":\"-1\"").getAsInt());
    assertEquals(0xFFFFFFFF, span("\"flags\":4294967295").getFlags());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "18446744073709551616",
        "-1",
        "1.5",
        "\"\"",
        "\"-\"",
        "\" 1\"",
        "\"1 \"",
        "\"0x10\"",
        "\"1_0\"",
        "\"\\u0661\"",
        "1e999999999",
        "1e-999999999",
        "\"1e99999999999\"",
        "\"NaN\"",
        "true",
        "[1]",
        "{\"a\":1}"
      })
  void j6_whatIsNoUnsignedLongIsMalformed(String nanos) {
    spanMalformed("\"startTimeUnixNano\":" + nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9223372036854775808", "\"-9223372036854775809\"", "9999999999999999999", "0.1"})
  void j6_whatIsNoSignedLongIsMalformed(String number) {
    spanMalformed("\"attributes\":[{\"value\":{\"intValue\":" + number + "}}]");
  }

  @Test
  void j7_doublesAndNumbersOf32Bits() {
    assertEquals(
        List.of(0.1, 1e300, -0.0, 5.0, 7.5),
        histogram("\"explicitBounds\":[0.1,1E+300,-0,\"5\",\"75e-1\"]").getExplicitBoundsList());
    assertEquals(
        List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY),
        histogram("\"explicitBounds\":[\"NaN\",\"Infinity\",\"-Infinity\"]")
            .getExplicitBoundsList());
    assertEquals(3000, span("\"droppedEventsCount\":3e3").getDroppedEventsCount());
    assertEquals(3, span("\"droppedEventsCount\":\"3\"").getDroppedEventsCount());
    assertEquals(0x301, span("\"flags\":769").getFlags());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e400",
        "\"-1e400\"",
        "\"inf\"",
        "\"nan\"",
        "\"1d\"",
        "\"0x1p3\"",
        "\" 1\"",
        "\"\"",
        "NaN",
        "Infinity",
        "+1",
        "01",
        ".5",
        "true"
      })
  void j7_whatIsNoDoubleIsMalformed(String number) {
    spanMalformed("\"attributes\":[{\"value\":{\"doubleValue\":" + number + "}}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "4294967296", "0.5"})
  void j7_whatDoesNotFitIn32BitsIsMalformed(String number) {
    spanMalformed("\"flags\":" + number);
    spanMalformed("\"droppedLinksCount\":" + number);
  }

  @Test
  void j8_nullIsUnsetInEveryField() {
    for (Signal signal : Signal.values()) {
      Type.Message request = Schema.OTLP.request(signal);
      assertEquals("", HexFormat.of().formatHex(Requests.convert(signal, nulls(request))));
    }
    Type.Message span = messageAt(Signal.TRACES, "resourceSpans", "scopeSpans", "spans");
    assertEquals(Span.getDefaultInstance(), span(unbraced(nulls(span))));
    Type.Message value = messageAt(Signal.LOGS, "resourceLogs", "scopeLogs", "logRecords", "body");
    assertEquals(ValueCase.VALUE_NOT_SET, value(unbraced(nulls(value))).getValueCase());
  }

  @Test
  void j8_emptyArraysAreNothingAndEmptyMessagesAreThere() {
    Span span = span("\"attributes\":[],\"links\":[],\"status\":{}");
    assertEquals(Span.newBuilder().setStatus(span.getStatus()).build(), span);
    assertTrue(span.hasStatus());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"attributes\":[null]",
        "\"attributes\":[{\"value\":{\"arrayValue\":{\"values\":[null]}}}]"
      })
  void j8_nullInsideAnArrayIsMalformed(String json) {
    spanMalformed(json);
  }

  @Test
  void j9_zerosInsideAOneofSurvive() {
    assertEquals(AnyValue.newBuilder().setBoolValue(false).build(), value("\"boolValue\":false"));
    assertEquals(AnyValue.newBuilder().setIntValue(0).build(), value("\"intValue\":\"0\""));
    assertEquals(AnyValue.newBuilder().setDoubleValue(0).build(), value("\"doubleValue\":0"));
    assertEquals(AnyValue.newBuilder().setStringValue("").build(), value("\"stringValue\":\"\""));
    assertEquals(ValueCase.BYTES_VALUE, value("\"bytesValue\":\"\"").getValueCase());
    assertEquals(ValueCase.ARRAY_VALUE, value("\"arrayValue\":{}").getValueCase());
    assertTrue(point("\"asInt\":\"0\"").hasAsInt());
    assertTrue(histogram("\"sum\":0,\"min\":0.0").hasSum());
    assertEquals(42, value("\"intValue\":\"42\"").getIntValue());
  }

  @Test
  void j9_zerosElsewhereTakeNoRoom() {
    assertEquals(
        "",
        HexFormat.of()
            .formatHex(
                span("\"kind\":0,\"name\":\"\",\"flags\":0,\"endTimeUnixNano\":\"0\"")
                    .toByteArray()));
    byte[] converted =
        Requests.convert(Signal.TRACES, "{\"resourceSpans\":[{\"schemaUrl\":\"\"}]}");
    assertEquals("0a00", HexFormat.of().formatHex(converted));
  }

  @Test
  void j10_base64IdsAreMalformedAloneAndAmongHexIds() {
    String base64 = "\"traceId\":\"" + BASE64_TRACE_ID + "\"";
    spanMalformed(base64);
    spanMalformed("\"spanId\":\"6Bu/WrMPzzY=\"");
    spanMalformed("\"traceId\":\"" + TRACE_ID + "\",\"links\":[{" + base64 + "}]");
  }

  private static String nulls(Type.Message type) {
    Stream<String> members = type.fields().stream().map(f -> '"' + f.name() + "\":null");
    return '{' + String.join(",", members.toList()) + '}';
  }

  private static String unbraced(String object) {
    return object.substring(1, object.length() - 1);
  }

  private static Type.Message messageAt(Signal signal, String... path) {
    Type.Message message = Schema.OTLP.request(signal);
    for (String name : path) {
      message =
          (Type.Message)
              message.fields().stream()
                  .filter(f -> f.name().equals(name))
                  .findFirst()
                  .orElseThrow()
                  .type();
    }
    return message;
  }
}
