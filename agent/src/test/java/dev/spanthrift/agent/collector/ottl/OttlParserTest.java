package dev.spanthrift.agent.collector.ottl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OttlParserTest {
  private static final Ottl A = equal("a", 1L);
  private static final Ottl B = equal("b", 2L);
  private static final Ottl C = equal("c", 3L);

  private static Ottl equal(String key, Object value) {
    return new Ottl.Compare(
        new Ottl.Path(Ottl.Part.SPAN, Ottl.Field.ATTRIBUTE, key),
        Ottl.Operator.EQUAL,
        new Ottl.Literal(value));
  }

  private static Ottl parse(String text) throws Exception {
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
                new Ottl.Path(Ottl.Part.SPAN, Ottl.Field.END, ""),
                '-',
                new Ottl.Path(Ottl.Part.SPAN, Ottl.Field.START, "")),
            Ottl.Operator.GREATER,
            new Ottl.Literal(1_500_000_000L)),
        parse("(end_time - start_time) > Duration(\"1.5s\")"));
  }

  @Test
  void textsHaveEscapes() throws Exception {
    assertEquals(equal("a", "x\"y\\z\n"), parse("attributes[\"a\"] == \"x\\\"y\\\\z\\n\""));
  }

  @Test
  void aPathWithoutAContextIsTheEventsWhereEventsAreAsked() throws Exception {
    assertEquals(
        new Ottl.Compare(
            new Ottl.Path(Ottl.Part.EVENT, Ottl.Field.NAME, ""),
            Ottl.Operator.EQUAL,
            new Ottl.Literal("e")),
        OttlParser.parse("name == \"e\"", true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "attributes[\"a\"]",
        "attributes[\"a\"] = 1",
        "attributes[\"a\"] == 1 and",
        "attributes[\"a\"][0] == 1",
        "dropped_links_count > 3",
        "Hour(Now()) > 5",
        "IsMatch(name, \"(\")",
        "name == \"x\" name == \"y\"",
        "trace_id == TraceID(0x01)",
        "99999999999999999999 == 1",
      })
  void whatIsNotSupportedIsSaid(String text) {
    Exception refused = assertThrows(Ottl.UnsupportedException.class, () -> parse(text));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("OTTL: "), refused.getMessage());
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "(".repeat(5000) + "true" + ")".repeat(5000);
    assertThrows(Ottl.UnsupportedException.class, () -> parse(deep));
  }

  @Test
  void aSingleQuestionIsAPlainCondition() throws Exception {
    assertEquals(
        new Condition.Attribute(Where.SPAN, "a", ValueTest.In.of("x")),
        OttlConditions.exact(parse("attributes[\"a\"] == \"x\""), false));
    assertEquals(
        Condition.SameSpan.of(
            new Condition.Not(new Condition.Attribute(Where.RESOURCE, "a", ValueTest.EXISTS))),
        OttlConditions.exact(parse("resource.attributes[\"a\"] == nil"), false));
  }
}
