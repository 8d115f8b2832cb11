package dev.spanthrift.agent.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.Question;
import dev.spanthrift.agent.simulation.RecordedTraffic;
import dev.spanthrift.agent.simulation.RingTraffic;
import dev.spanthrift.agent.simulation.WhatIf;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Scanner;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is predicted from an hour that was recorded, against what the next hour really costs, in
 * virtual time: other traces, with the steps of the pipeline ten times a second.
 */
class PredictionTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final double SPANS_PER_SECOND = 150;
  private static final long TICK = 100_000_000L;
  private static final SpanPrice PRICE = new SpanPrice(500, 0, 0, 0, 0, 1, false);
  private static final double PICOS = 1e12;

  private static final List<Policy> RULES =
      List.of(
          new Policy("errors", new Condition.HasError(), Action.KEEP),
          new Policy(
              "carts",
              new Condition.Name(new ValueTest.Contains("cart")),
              new Action.Probability(0.2)));

  private final Scanner scanner = new Scanner(100_000);

  private RingTraffic recorded() throws Exception {
    SpanRing ring = new SpanRing(64L << 20, Duration.ofHours(4));
    try (RecordedTraffic.Reader hour = new ShopRecording(1, SPANS_PER_SECOND, HOUR).open()) {
      for (byte[] request = hour.next(); request != null; request = hour.next()) {
        ring.record(scanner.scan(request, 0, request.length), hour.nanos() / 1_000_000);
      }
      assertEquals(0, ring.counts().overwritten());
      return new RingTraffic(ring.snapshot(hour.nanos() / 1_000_000));
    }
  }

  private double predicted(Action rest, @Nullable Allowance allowance) throws Exception {
    Question question =
        new Question(
            new PolicyDocument(RULES, rest),
            allowance,
            null,
            AllocationSettings.DEFAULT,
            PRICE,
            "USD",
            false,
            SamplerSettings.DEFAULT);
    WhatIfAnswer answer = WhatIf.answer(recorded(), question, WhatIf.Onlooker.NONE);
    assertTrue(answer.received().spans() > 0.99 * SPANS_PER_SECOND * HOUR.toSeconds());
    return answer.cost().kept();
  }

  /** The next hour through the production sampler. */
  private double happened(Action rest, @Nullable Allowance allowance) throws Exception {
    BudgetParts budget =
        allowance == null
            ? null
            : new BudgetParts(
                AllocationSettings.DEFAULT,
                allowance,
                PRICE::price,
                new InProcessKeepLedger(true, AllocationSettings.DEFAULT.askAfter(), 1 << 20),
                FleetSums.inProcess(),
                "self");
    PolicySet policies = PolicySet.compile(new PolicyDocument(RULES, rest));
    Sampler sampler =
        new Sampler(
            SamplerSettings.DEFAULT, new PolicyJudge(policies), SliceCodec.deflate(), budget);
    try (RecordedTraffic.Reader hour = new ShopRecording(2, SPANS_PER_SECOND, HOUR).open()) {
      long now = 0;
      for (byte[] request = hour.next(); request != null; request = hour.next()) {
        for (now = now == 0 ? hour.nanos() : now; now < hour.nanos(); now += TICK) {
          step(sampler, now);
        }
        sampler.hold(scanner.scan(request, 0, request.length), hour.nanos());
      }
      sampler.decideAll(now);
    }
    return sampler.counts().kept().bytes() * PRICE.perByte() / PICOS;
  }

  private static void step(Sampler sampler, long now) {
    sampler.decide(now);
    sampler.tell(now);
    sampler.stamp();
    sampler.ship();
  }

  private static void assertWithin3Percent(double predicted, double happened) {
    double off = predicted / happened - 1;
    System.out.printf("predicted %.6f, happened %.6f: %+.2f %%%n", predicted, happened, 100 * off);
    assertEquals(0, off, 0.03);
  }

  @Test
  void withABudget() throws Exception {
    Allowance tenth = new Allowance.PerSecond(0.1 * SPANS_PER_SECOND * 500 * PRICE.perByte());
    assertWithin3Percent(predicted(Action.BUDGET, tenth), happened(Action.BUDGET, tenth));
  }

  @Test
  void withProbabilities() throws Exception {
    Action tenth = new Action.Probability(0.1);
    assertWithin3Percent(predicted(tenth, null), happened(tenth, null));
  }
}
