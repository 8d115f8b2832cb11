package dev.spanthrift.agent.collector.ottl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OttlParserTest {
  private static final Ottl.Test A = equal("a", 1L);
  private static final Ottl.Test B = equal("b", 2L);
  private static final Ottl.Test C = equal("c", 3L);

  private static Ottl.Test equal(String key, Object value) {
    return new Ottl.Compare(
        new Ottl.Path(OttlPath.SPAN_ATTRIBUTES, List.of(new Ottl.Literal(key))),
        Ottl.Operator.EQUAL,
        new Ottl.Literal(value));
  }

  private static Ottl.Test parse(String text) throws Exception {
    return OttlParser.parse(text, false);
  }

  @Test
  void andBindsStrongerThanOr() throws Exception {
    assertEquals(
        new Ottl.Or(List.of(A, new Ottl.And(List.of(B, C)))),
        parse("attributes[\"a\"] == 1 or attributes[\"b\"] == 2 and span.attributes[\"c\"] == 3"));
  }

  @Test
  void parenthesesAreConditionsOrValues() throws Exception {
    assertEquals(
        new Ottl.And(List.of(new Ottl.Or(List.of(A, B)), new Ottl.Not(C))),
        parse(
            "(attributes[\"a\"] == 1 or attributes[\"b\"] == 2) and not (attributes[\"c\"] == 3)"));
    assertEquals(
        new Ottl.Compare(
            new Ottl.Arithmetic(
                new Ottl.Path(OttlPath.SPAN_END_NANOS, List.of()),
                '-',
                new Ottl.Path(OttlPath.SPAN_START_NANOS, List.of())),
            Ottl.Operator.GREATER,
            new Ottl.Literal(-5L)),
        parse("(end_time_unix_nano - start_time_unix_nano) > -5"));
  }

  @Test
  void textsHaveTheEscapesOfGo() throws Exception {
    assertEquals(
        equal("a", "x\"y\\z\n\u00e9A"),
        parse("attributes[\"a\"] == \"x\\\"y\\\\z\\n\\u00e9\\x41\""));
  }

  @Test
  void aPathWithoutAContextIsTheEventsWhereEventsAreAsked() throws Exception {
    assertEquals(
        new Ottl.Compare(
            new Ottl.Path(OttlPath.EVENT_NAME, List.of()),
            Ottl.Operator.EQUAL,
            new Ottl.Literal("e")),
        OttlParser.parse("name == \"e\"", true));
  }

  /** What the Collector takes too, with the name that the user has to find in the message. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ParseJSON(name)[\"a\"] == 1 | ParseJSON",
        "start_time > Time(\"2023-11-14\", \"%Y-%m-%d\") | Time",
        "UserAgent(name)[\"a\"] == 1 | UserAgent",
        "ConvertCase(name, \"snake\") == \"a\" | snake",
        "Decode(name, \"utf-16\") == \"a\" | Decode",
        "span.cache[\"a\"] == 1 | span.cache",
        "otelcol.client.addr == \"x\" | otelcol",
      })
  void whatIsNotReadHereIsSaidByName(String text, String name) {
    Exception refused = assertThrows(Ottl.UnsupportedException.class, () -> parse(text));
    assertFalse(refused instanceof Ottl.InvalidException, refused.getMessage());
    assertTrue(String.valueOf(refused.getMessage()).contains(name), refused.getMessage());
  }

  /** What the Collector does not start with; see InvalidConditionsTest. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | a value",
        "attributes[\"a\"] | alone",
        "attributes[\"a\"] = 1 | =",
        "attributes[\"a\"] == 1 and | the condition's end",
        "Itn(name) == 1 | Itn",
        "spn.name == \"a\" | span.spn.name",
        "kind == SPAN_KIND_SERVR | SPAN_KIND_SERVR",
        "IsMatch(name, \"(\") | pattern \"(\"",
        "IsMatch(name, \"\\d\") | \\d",
        "IsMatch(name) | pattern",
        "Substring(name, 1, 2, safe=true) == \"a\" | utf8_safe",
        "name == \"x\" name == \"y\" | \"name\"",
        "set(name, \"x\") | set",
        "TraceID(0x01) == trace_id | TraceID",
        "99999999999999999999 == 1 | 99999999999999999999",
      })
  void whatTheCollectorRefusesIsRefusedWithTheWordThatIsWrong(String text, String word) {
    Exception refused = assertThrows(Ottl.InvalidException.class, () -> parse(text));
    assertTrue(String.valueOf(refused.getMessage()).contains(word), refused.getMessage());
  }

  @Test
  void deepAndLongConditionsAreRefused() {
    String deep = "(".repeat(5000) + "true" + ")".repeat(5000);
    assertThrows(Ottl.UnsupportedException.class, () -> parse(deep));
    String lengthy = "true" + " or true".repeat(5000);
    assertThrows(Ottl.UnsupportedException.class, () -> parse(lengthy));
  }

  @Test
  void parenthesesAreReadInOnePass() {
    String nested = "(".repeat(30) + "name == \"a\"" + ")".repeat(30);
    assertTimeoutPreemptively(Duration.ofSeconds(5), () -> parse(nested));
  }

  @Test
  void aSingleQuestionIsAPlainCondition() throws Exception {
    assertEquals(
        new Condition.Attribute(Where.SPAN, "a", ValueTest.In.of("x")),
        OttlConditions.exact(parse("attributes[\"a\"] == \"x\""), false));
    assertEquals(
        Condition.SameSpan.of(
            new Condition.Not(new Condition.Attribute(Where.RESOURCE, "a", ValueTest.In.of("x")))),
        OttlConditions.exact(parse("resource.attributes[\"a\"] != \"x\""), false));
  }

  /** It would be true of spans that have no such attribute, where the Collector has no answer. */
  @Test
  void whatCanFailIsNoPlainConditionUnlessItIsToBeWritten() throws Exception {
    Ottl.Test condition = parse("not HasPrefix(attributes[\"a\"], \"x\")");
    assertTrue(OttlConditions.exact(condition, false) instanceof Condition.Custom);
    assertTrue(OttlConditions.writable(condition, false).isPresent());
  }
}
