package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.InProcessFleetSums;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.explain.LoggedDecision;
import dev.spanthrift.sampler.explain.LoggedDecision.Conclusion;
import dev.spanthrift.sampler.policy.FleetRates;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.PolicyTrial;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.FieldWriter;
import dev.spanthrift.sampler.wire.Scanner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Why was this trace kept or dropped? The sampler notes it, and where a trace is now. */
class ExplainTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Condition LOGIN =
      new Condition.Name(new ValueTest.In(Set.of("POST /login")));
  private static final Condition SLOW = Condition.Lasts.moreThan(Duration.ofSeconds(1));

  private final Scanner scanner = new Scanner(100);
  private final DecisionLog log = new DecisionLog(1 << 20, () -> 1_700_000_000_000L);

  private static byte[] request(long traceId, String name, long nanos) {
    FieldWriter span =
        new FieldWriter()
            .id(1, traceId, traceId)
            .id(2, 7)
            .bytes(5, name.getBytes(StandardCharsets.UTF_8))
            .fixed64(7, SECOND)
            .fixed64(8, SECOND + nanos);
    FieldWriter scope = new FieldWriter().message(2, span);
    return new FieldWriter().message(1, new FieldWriter().message(2, scope)).toBytes();
  }

  private void hold(Sampler sampler, byte[] request, long now) {
    sampler.hold(scanner.scan(request, 0, request.length), now);
  }

  private static PolicySet policies(Action fallback) {
    return PolicySet.compile(
        new PolicyDocument(
            List.of(
                new Policy("logins", Condition.All.of(LOGIN, SLOW), Action.KEEP),
                new Policy("never", new Condition.Not(Condition.ALWAYS), Action.DROP)),
            fallback));
  }

  @Test
  void notesWhichPolicyDecidedAndAsksItAgain() {
    PolicySet set = policies(new Action.Probability(0.25));
    Sampler sampler =
        new Sampler(
            SamplerSettings.DEFAULT,
            new PolicyJudge(set, FleetRates.ALONE, 12),
            SliceCodec.deflate());
    sampler.explainIn(log);
    hold(sampler, request(1, "POST /login", 2 * SECOND), SECOND);
    hold(sampler, request(2, "POST /login", 1), SECOND);
    sampler.decide(60 * SECOND);

    LoggedDecision kept = log.of(1, 1).getFirst();
    assertEquals(Conclusion.KEPT, kept.outcome());
    assertEquals(12, kept.policyVersion());
    assertEquals("logins", kept.policy());
    assertEquals("POST /login", sampler.operation(kept.operation()).operation());
    List<PolicyTrial> trials = set.trials(kept.fragment(), kept.factWords());
    assertEquals(List.of(true, false, false), trials.stream().map(PolicyTrial::decides).toList());
    assertTrue(trials.getFirst().answer().parts().stream().allMatch(PolicyTrial.Answer::holds));

    LoggedDecision dropped = log.of(2, 2).getFirst();
    assertEquals(Conclusion.DROPPED, dropped.outcome()); // its randomness is 2 of 2^56
    assertEquals(0.25, dropped.probability());
    List<PolicyTrial> again = set.trials(dropped.fragment(), dropped.factWords());
    assertEquals(List.of(false, false, true), again.stream().map(PolicyTrial::decides).toList());
    List<PolicyTrial.Answer> parts = again.getFirst().answer().parts();
    assertTrue(parts.get(0).holds(), "it is a login");
    assertFalse(parts.get(1).holds(), "but not a slow one");
  }

  @Test
  void askingAgainCountsNothing() {
    PolicySet set = policies(Action.DROP);
    set.trials(
        dev.spanthrift.sampler.trace.Fragment.ofSums(1, 1, 1, 1, 1, 1, true, true),
        new long[Judge.FACT_WORDS]);
    assertTrue(set.counts().stream().allMatch(count -> count.matched().traces() == 0));
  }

  @Test
  void notesWhatTheBudgetSaid() {
    BudgetParts parts =
        new BudgetParts(
            AllocationSettings.DEFAULT,
            new Allowance.PerSecond(1_000_000),
            PriceOf.BYTES,
            new InProcessKeepLedger(true, Duration.ofSeconds(30), 1_000),
            new InProcessFleetSums(),
            "pod",
            Treasury.PLAIN);
    Sampler sampler =
        new Sampler(
            SamplerSettings.DEFAULT,
            new PolicyJudge(policies(Action.BUDGET), FleetRates.ALONE, 3),
            SliceCodec.deflate(),
            parts);
    sampler.explainIn(log);
    for (long now = SECOND; now < 5 * SECOND; now += SECOND / 10) {
      sampler.tell(now);
    }
    hold(sampler, request(-1, "GET /cart", 1), 5 * SECOND);
    sampler.decide(60 * SECOND);
    LoggedDecision decision = log.of(-1, -1).getFirst();
    LoggedDecision.OfBudget said = java.util.Objects.requireNonNull(decision.allocation());
    assertEquals(Conclusion.KEPT, decision.outcome());
    assertTrue(said.level() > 0, "there was money");
    assertTrue(said.price() > 0, "it has a price");
    assertTrue(said.traceClass() != TraceClass.POLICY, said::toString);
    assertTrue(decision.reason().startsWith("budget:"), decision.reason());
  }

  @Test
  void saysWhereATraceIs() {
    Sampler sampler =
        new Sampler(
            SamplerSettings.DEFAULT, new PolicyJudge(policies(Action.DROP)), SliceCodec.deflate());
    assertEquals(
        new Whereabouts(Whereabouts.Stage.ABSENT, 0, 0, 0, Whereabouts.Remembered.NOTHING),
        sampler.find(2, 2, SECOND));
    byte[] request = request(2, "GET /cart", 1);
    hold(sampler, request, SECOND);
    Whereabouts waits = sampler.find(2, 2, 3 * SECOND);
    assertEquals(Whereabouts.Stage.WAITING, waits.state());
    assertEquals(1, waits.spans());
    assertEquals(2 * SECOND, waits.heldNanos());
    sampler.decideAll(4 * SECOND);
    assertEquals(
        new Whereabouts(Whereabouts.Stage.ABSENT, 0, 0, 0, Whereabouts.Remembered.DROPPED),
        sampler.find(2, 2, 5 * SECOND));
  }

  @Test
  void withoutALogNothingIsNoted() {
    Sampler sampler =
        new Sampler(
            SamplerSettings.DEFAULT, new PolicyJudge(policies(Action.DROP)), SliceCodec.deflate());
    hold(sampler, request(2, "GET /cart", 1), SECOND);
    sampler.decideAll(4 * SECOND);
    assertEquals(0, log.counts().noted());
  }
}
