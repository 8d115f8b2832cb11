package dev.spanthrift.agent.config.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import dev.spanthrift.sampler.policy.document.SpanKind;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.dataformat.yaml.YAMLMapper;

class PolicyParserTest {
  @Test
  void readsWhatUsersWrite() {
    PolicyDocument document =
        parse(
            """
            policies:
              - {name: errors, match: {status: ERROR}, keep: true}
              - {name: slow, match: {slowerThan: 1s}, keep: true}
              - {name: checkout, match: {attribute: {key: http.route, equals: /checkout}}, probability: 0.5}
              - {name: health, match: {all: [{kind: SERVER}, {name: {startsWith: GET /health}}]}, drop: true}
              - {name: noisy, match: {service: cart}, rate: {tracesPerSecond: 5}}
              - {name: rest, shadow: true, weight: 2}
            default: {probability: 10%}
            """);
    assertEquals(
        new PolicyDocument(
            List.of(
                new Policy("errors", Condition.Status.of(SpanStatus.ERROR), Action.KEEP),
                new Policy("slow", Condition.Lasts.moreThan(Duration.ofSeconds(1)), Action.KEEP),
                new Policy(
                    "checkout",
                    new Condition.Attribute(Where.ANY, "http.route", ValueTest.In.of("/checkout")),
                    new Action.Probability(0.5)),
                new Policy(
                    "health",
                    Condition.All.of(
                        Condition.Kind.of(SpanKind.SERVER),
                        new Condition.Name(new ValueTest.StartsWith("GET /health"))),
                    Action.DROP),
                new Policy(
                    "noisy",
                    new Condition.Attribute(
                        Where.RESOURCE, "service.name", ValueTest.In.of("cart")),
                    new Action.Rate(5, Action.Unit.TRACES)),
                new Policy("rest", Condition.ALWAYS, new Action.Weight(2), true)),
            new Action.Probability(0.1)),
        document);
    PolicySet.compile(document);
  }

  @Test
  void anUnknownKeyComesWithWhatWasProbablyMeant() {
    Map<String, String> meant =
        Map.of(
            "defaultProbability: 0.1", "did you mean default: {probability: 0.1}?",
            "defaultProbability: 0", "did you mean default: {drop: true}?",
            "hold: {pause: 1s}", "leave it out: it belongs in the configuration",
            "polices: []", "did you mean policies?",
            "policies: [{name: a, latency: 1s, keep: true}]", "one of budget, ",
            "policies: [{name: a, match: {latency: 1s}, keep: true}]", "mean slowerThan: 1s?",
            "policies: [{name: a, match: {servce: x}, keep: true}]", "did you mean service?",
            "policies: [{name: a, when: {service: x}, keep: true}]", "did you mean match?",
            "policies: [{name: a, sample: 0.2}]", "did you mean probability: 0.2?",
            "policies: [{name: a, rate_limit: 5}]", "did you mean rate: {tracesPerSecond: 5}?");
    meant.forEach(
        (text, right) -> {
          InvalidPolicyException refused =
              assertThrows(InvalidPolicyException.class, () -> parse(text));
          String said = refused.problems().getFirst().toString();
          assertTrue(said.contains(right), text + " -> " + said);
        });
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyConditionHasAFormThatReadsBack(String form, Condition condition) {
    PolicyDocument document =
        new PolicyDocument(List.of(new Policy("p", condition, Action.KEEP)), Action.BUDGET);
    assertEquals(
        document, parse("policies: [{name: p, match: " + form + ", keep: true}]"), "reading");
    Map<String, Object> written = PolicyParser.toMap(document);
    assertEquals(document, PolicyParser.parse(written), () -> "writing " + written);
    assertEquals(document, parse(YAML.writeValueAsString(written)), "through YAML");
  }

  static List<Arguments> forms() {
    Condition error = new Condition.HasError();
    return List.of(
        Arguments.of("{hasError: true}", error),
        Arguments.of("{hasError: false}", new Condition.Not(error)),
        Arguments.of("{hasRootSpan: true}", new Condition.HasRootSpan()),
        Arguments.of("{root: true}", new Condition.Root()),
        Arguments.of("{all: []}", Condition.ALWAYS),
        Arguments.of("{any: [{hasError: true}]}", Condition.Any.of(error)),
        Arguments.of(
            "{not: {all: [{hasError: true}]}}", new Condition.Not(Condition.All.of(error))),
        Arguments.of(
            "{sameSpan: [{kind: client}, {status: [ok, ERROR]}]}",
            Condition.SameSpan.of(
                Condition.Kind.of(SpanKind.CLIENT),
                Condition.Status.of(SpanStatus.OK, SpanStatus.ERROR))),
        Arguments.of("{name: 'GET /'}", new Condition.Name(ValueTest.In.of("GET /"))),
        Arguments.of("{name: {in: [a, b]}}", new Condition.Name(ValueTest.In.of("a", "b"))),
        Arguments.of("{name: {endsWith: a}}", new Condition.Name(new ValueTest.EndsWith("a"))),
        Arguments.of(
            "{event: {contains: a}}", new Condition.EventName(new ValueTest.Contains("a"))),
        Arguments.of(
            "{service: {matches: '^a.*'}}",
            new Condition.Attribute(Where.RESOURCE, "service.name", new ValueTest.Matches("^a.*"))),
        Arguments.of(
            "{traceState: {key: v, exists: true}}", new Condition.TraceStateEntry("v", null)),
        Arguments.of(
            "{traceState: {key: v, exists: false}}",
            new Condition.Not(new Condition.TraceStateEntry("v", null))),
        Arguments.of(
            "{traceState: {key: v, equals: x}}",
            new Condition.TraceStateEntry("v", ValueTest.In.of("x"))),
        attribute("exists: true", ValueTest.EXISTS),
        Arguments.of(
            "{attribute: {key: k, from: event, exists: false}}",
            new Condition.Not(new Condition.Attribute(Where.EVENT, "k", ValueTest.EXISTS))),
        attribute("equals: true", new ValueTest.Flag(true)),
        attribute("equals: 500", ValueTest.Range.equalTo(BigDecimal.valueOf(500))),
        attribute("equals: '500'", ValueTest.In.of("500")),
        attribute("equals: 0.1", ValueTest.Range.equalTo(new BigDecimal("0.1"))),
        attribute("atLeast: 500", ValueTest.Range.atLeast(BigDecimal.valueOf(500))),
        attribute(
            "moreThan: -1.5, lessThan: 2",
            new ValueTest.Range(new BigDecimal("-1.5"), false, BigDecimal.TWO, false)),
        attribute("atMost: 9", new ValueTest.Range(null, false, BigDecimal.valueOf(9), true)),
        Arguments.of(
            "{duration: {moreThan: 1ms, atMost: 1h}}",
            new Condition.Lasts(Duration.ofMillis(1), Duration.ofHours(1))),
        Arguments.of("{spanCount: {atLeast: 2}}", new Condition.SpanCount(2, Integer.MAX_VALUE)),
        Arguments.of("{bytes: {atMost: 100}}", new Condition.Bytes(0, 100)));
  }

  private static Arguments attribute(String form, ValueTest test) {
    return Arguments.of(
        "{attribute: {key: k, from: span, " + form + "}}",
        new Condition.Attribute(Where.SPAN, "k", test));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "keep: true",
        "drop: true",
        "budget: true",
        "probability: 0.25",
        "weight: 1.5",
        "rate: {tracesPerSecond: 5.0}",
        "rate: {spansPerSecond: 0.5}",
        "rate: {tracesPerSecond: 5.0, per: fleet}"
      })
  void everyActionHasAFormThatReadsBack(String form) {
    PolicyDocument document = parse("policies: [{name: p, " + form + "}]\ndefault: {" + form + "}");
    assertEquals(document, PolicyParser.parse(PolicyParser.toMap(document)));
    assertEquals(document.fallback(), document.policies().getFirst().action());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "polices: [] | /polices",
        "policies: {} | /policies",
        "default: 0.1 | /default",
        "default: {probability: 2} | /default/probability",
        "default: {probability: x} | /default/probability",
        "default: {keep: false} | /default/keep",
        "default: {rate: 5} | /default/rate",
        "default: {rate: {perSecond: 5}} | /default/rate/perSecond",
        "default: {rate: {tracesPerSecond: x}} | /default/rate/tracesPerSecond",
        "default: {rate: {per: fleet}} | /default/rate",
        "default: {rate: {tracesPerSecond: 1, per: pod}} | /default/rate/per",
        "policies: [7] | /policies/0",
        "policies: [{keep: true}] | /policies/0/name",
        "policies: [{name: 1, keep: true}] | /policies/0/name",
        "policies: [{name: a}] | /policies/0",
        "policies: [{name: a, keep: true, drop: true}] | /policies/0",
        "policies: [{name: a, keep: true, shadow: 1}] | /policies/0/shadow",
        "policies: [{name: a, keep: true, a/b~c: 1}] | /policies/0/a~1b~0c",
        "policies: [{name: a, keep: true, match: {kind: A, name: b}}] | /policies/0/match",
        "policies: [{name: a, keep: true, match: {kind: A}}] | /policies/0/match/kind",
        "policies: [{name: a, keep: true, match: {kind: [SERVER, B]}}] | /policies/0/match/kind/1",
        "policies: [{name: a, keep: true, match: {}}] | /policies/0/match",
        "policies: [{name: a, keep: true, match: {any: {}}}] | /policies/0/match/any",
        "policies: [{name: a, keep: true, match: {any: [{x: 1}]}}] | /policies/0/match/any/0/x",
        "policies: [{name: a, keep: true, match: {slowerThan: 5}}] | /policies/0/match/slowerThan",
        "policies: [{name: a, keep: true, match: {attribute: {equals: 1}}}] |"
            + " /policies/0/match/attribute",
        "policies: [{name: a, keep: true, match: {attribute: {key: k}}}] |"
            + " /policies/0/match/attribute",
        "policies: [{name: a, keep: true, match: {attribute: {key: k, in: 1}}}] |"
            + " /policies/0/match/attribute/in",
        "policies: [{name: a, keep: true, match: {attribute: {key: k, atLeast: 1, moreThan: 2}}}] |"
            + " /policies/0/match/attribute",
        "policies: [{name: a, keep: true, match: {attribute: {key: k, from: x, equals: 2}}}] |"
            + " /policies/0/match/attribute/from",
        "policies: [{name: a, keep: true, match: {spanCount: {atLeast: 1.5}}}] |"
            + " /policies/0/match/spanCount/atLeast",
        "policies: [{name: a, keep: true, match: {name: {equals: 5}}}] |"
            + " /policies/0/match/name/equals",
        "policies: [{name: a, keep: true, match: {hasError: 1}}] | /policies/0/match/hasError"
      })
  void refusesWithAPointer(String document, String pointer) {
    InvalidPolicyException e = assertThrows(InvalidPolicyException.class, () -> parse(document));
    assertEquals(
        List.of(pointer),
        e.problems().stream().map(PolicyProblem::pointer).toList(),
        e.getMessage());
  }

  @Test
  void saysEverythingThatIsWrong() {
    InvalidPolicyException e =
        assertThrows(
            InvalidPolicyException.class,
            () ->
                parse(
                    "policies: [{name: a}, {keep: 1, match: {knd: 1}}]\n"
                        + "default: {probability: 7}"));
    assertEquals(
        List.of(
            "/policies/0",
            "/policies/1/name",
            "/policies/1/match/knd",
            "/policies/1/keep",
            "/default/probability"),
        e.problems().stream().map(PolicyProblem::pointer).toList());
  }

  @Test
  void anEmptyDocumentLeavesAllToTheBudget() {
    assertEquals(PolicyDocument.EMPTY, PolicyParser.parse(Map.of()));
  }

  @Test
  void settingsBecomeADocument() {
    PolicyDocument document = PolicyParser.parse(SettingsLoader.defaults());
    assertEquals(new PolicyDocument(List.of(), new Action.Probability(1)), document);
  }

  private static final YAMLMapper YAML = new YAMLMapper();

  @SuppressWarnings("unchecked")
  private static PolicyDocument parse(String yaml) {
    return PolicyParser.parse(YAML.readValue(yaml, Map.class));
  }
}
