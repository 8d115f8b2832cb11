package dev.spanthrift.sampler.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import dev.spanthrift.sampler.policy.document.SpanKind;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidatorTest {
  @ParameterizedTest
  @MethodSource("wrongConditions")
  void refusesWithAPointer(Condition condition, String pointer) {
    assertEquals(List.of("/policies/0/match" + pointer), pointers(condition));
  }

  static List<Arguments> wrongConditions() {
    ValueTest.Text ok = ValueTest.In.of("v");
    Condition trace = new Condition.HasError();
    return List.of(
        Arguments.of(new Condition.Any(List.of()), "/any"),
        Arguments.of(new Condition.SameSpan(List.of()), "/sameSpan"),
        Arguments.of(Condition.All.of(trace, Condition.SameSpan.of(trace)), "/all/1/sameSpan/0"),
        Arguments.of(new Condition.Not(new Condition.SpanCount(3, 2)), "/not/spanCount"),
        Arguments.of(new Condition.Bytes(0, -1), "/bytes"),
        Arguments.of(Condition.Lasts.moreThan(Duration.ofMillis(-1)), "/duration"),
        Arguments.of(
            new Condition.Lasts(Duration.ofSeconds(1), Duration.ofSeconds(1)), "/duration"),
        Arguments.of(new Condition.Kind(Set.of()), "/kind"),
        Arguments.of(new Condition.Status(Set.of()), "/status"),
        Arguments.of(new Condition.Attribute(Where.ANY, "", ok), "/attribute/key"),
        Arguments.of(new Condition.Name(new ValueTest.In(Set.of())), "/name/in"),
        Arguments.of(new Condition.Name(new ValueTest.StartsWith("")), "/name/startsWith"),
        Arguments.of(new Condition.EventName(new ValueTest.EndsWith("")), "/event/endsWith"),
        Arguments.of(new Condition.Name(new ValueTest.Contains("")), "/name/contains"),
        Arguments.of(new Condition.Name(new ValueTest.Matches("(a")), "/name/matches"),
        Arguments.of(
            new Condition.TraceStateEntry("v", new ValueTest.Matches("\\1")),
            "/traceState/matches"),
        Arguments.of(
            new Condition.Attribute(
                Where.ANY, "k", ValueTest.Range.between(BigDecimal.TWO, BigDecimal.ONE)),
            "/attribute"),
        Arguments.of(
            new Condition.Attribute(Where.ANY, "k", new ValueTest.Range(null, true, null, true)),
            "/attribute"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1.5, Double.NaN})
  void refusesWhatIsNoProbability(double p) {
    Policy policy = new Policy("a", Condition.ALWAYS, new Action.Probability(p));
    assertEquals(List.of("/policies/0/probability"), pointers(policy));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesRatesAndWeightsThatAreNotPositive(double value) {
    Policy rate = new Policy("a", Condition.ALWAYS, new Action.Rate(value, Action.Unit.SPANS));
    assertEquals(List.of("/policies/0/rate"), pointers(rate));
    Policy weight = new Policy("a", Condition.ALWAYS, new Action.Weight(value));
    assertEquals(List.of("/policies/0/weight"), pointers(weight));
  }

  @Test
  void saysEverythingThatIsWrong() {
    PolicyDocument document =
        new PolicyDocument(
            List.of(
                new Policy("", Condition.ALWAYS, Action.KEEP),
                new Policy("a", new Condition.Any(List.of()), new Action.Weight(0)),
                new Policy("a", Condition.ALWAYS, Action.KEEP),
                new Policy("default", Condition.ALWAYS, Action.KEEP)),
            new Action.Probability(2));
    InvalidPolicyException e =
        assertThrows(InvalidPolicyException.class, () -> PolicySet.compile(document));
    assertEquals(
        List.of(
            "/policies/0/name",
            "/policies/1/match/any",
            "/policies/1/weight",
            "/policies/2/name",
            "/policies/3/name",
            "/default/probability"),
        e.problems().stream().map(PolicyProblem::pointer).toList());
    assertTrue(e.getMessage().contains("above 0 and at most 1"));
  }

  @Test
  void acceptsExactlyAsManyQuestionsAsThereAreBits() {
    PolicySet.compile(new PolicyDocument(questions(256), Action.BUDGET));
    PolicyDocument tooMany = new PolicyDocument(questions(257), Action.BUDGET);
    InvalidPolicyException e =
        assertThrows(InvalidPolicyException.class, () -> PolicySet.compile(tooMany));
    assertTrue(e.getMessage().contains("257"), e.getMessage());
  }

  private static List<Policy> questions(int count) {
    List<Policy> policies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Condition name = new Condition.Name(ValueTest.In.of("n" + i));
      policies.add(new Policy("p" + i, name, Action.KEEP));
      policies.add(new Policy("again" + i, name, Action.KEEP));
    }
    return policies;
  }

  @Test
  void refusesTooDeepANesting() {
    Condition condition = Condition.ALWAYS;
    for (int i = 0; i < 1_000; i++) {
      condition = new Condition.Not(condition);
    }
    assertEquals(1, pointers(condition).size());
  }

  @Test
  void saysWhichRuleCanNeverFire() {
    Condition error = new Condition.HasError();
    Condition server = Condition.Kind.of(SpanKind.SERVER);
    Condition client = Condition.Kind.of(SpanKind.CLIENT);
    PolicySet set =
        PolicySet.compile(
            new PolicyDocument(
                List.of(
                    new Policy("shadow", Condition.ALWAYS, Action.DROP, true),
                    new Policy(
                        "slow", Condition.Lasts.moreThan(Duration.ofSeconds(1)), Action.KEEP),
                    new Policy(
                        "slower",
                        Condition.All.of(error, Condition.Lasts.moreThan(Duration.ofSeconds(5))),
                        Action.DROP),
                    new Policy("server", server, Action.KEEP),
                    new Policy("client", client, Action.KEEP),
                    new Policy("both", Condition.Any.of(client, server), Action.DROP),
                    new Policy(
                        "never", Condition.All.of(error, new Condition.Not(error)), Action.KEEP),
                    new Policy("error", error, Action.KEEP),
                    new Policy("all", Condition.ALWAYS, Action.BUDGET),
                    new Policy("last", error, Action.KEEP)),
                Action.KEEP));
    assertEquals(
        List.of("/policies/2", "/policies/5", "/policies/6/match", "/policies/9"),
        set.warnings().stream().map(PolicyProblem::pointer).toList());
    assertTrue(set.warnings().get(0).detail().contains("\"slow\" matches all"));
  }

  private static List<String> pointers(Condition condition) {
    return pointers(new Policy("a", condition, Action.KEEP));
  }

  private static List<String> pointers(Policy policy) {
    PolicyDocument document = new PolicyDocument(List.of(policy), Action.BUDGET);
    return Validator.problems(document).stream().map(PolicyProblem::pointer).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default",
        "late",
        "budget",
        "budget:slow",
        "budget:x",
        "policy:elsewhere",
        "invalid_trace_id"
      })
  void aPolicyIsNotNamedLikeAReasonOfTheProgramsOwn(String name) {
    PolicyDocument document =
        new PolicyDocument(List.of(new Policy(name, Condition.ALWAYS, Action.KEEP)), Action.BUDGET);
    InvalidPolicyException refused =
        assertThrows(InvalidPolicyException.class, () -> PolicySet.compile(document));
    assertEquals("/policies/0/name", refused.problems().getFirst().pointer());
  }
}
