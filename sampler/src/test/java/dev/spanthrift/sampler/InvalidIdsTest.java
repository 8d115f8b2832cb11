package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.InProcessFleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.FieldWriter;
import dev.spanthrift.sampler.wire.Scanner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Spans that no trace id names: of one SDK that is broken, or of all. */
class InvalidIdsTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final long SECOND = 1_000_000_000L;
  private static final Action TENTH = new Action.Probability(.1);

  private final Random random = new Random(SEED);
  private final Scanner scanner = new Scanner(10_000);
  private long now = 5 * SECOND;

  private static Sampler sampler(Action fallback, Policy... policies) {
    return new Sampler(SamplerSettings.DEFAULT, judge(fallback, policies), SliceCodec.deflate());
  }

  private static PolicyJudge judge(Action fallback, Policy... policies) {
    return new PolicyJudge(PolicySet.compile(new PolicyDocument(List.of(policies), fallback)));
  }

  /** None, a short one, a long one, or 16 zeros. */
  private byte[] invalid() {
    return switch (random.nextInt(4)) {
      case 0 -> new byte[0];
      case 1 -> bytes(random.nextInt(1, 16));
      case 2 -> bytes(17 + random.nextInt(20));
      default -> new byte[16];
    };
  }

  private byte[] bytes(int length) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    return id;
  }

  private byte[] request(byte[] traceId, boolean error, boolean child) {
    FieldWriter span = new FieldWriter().bytes(1, traceId).id(2, random.nextLong());
    if (child) {
      span.id(4, random.nextLong() | 1);
    }
    span.text(5, "op").fixed64(7, 1 + random.nextInt(1 << 30)).fixed64(8, 1L << 31);
    if (error) {
      span.message(15, new FieldWriter().number(3, 2));
    }
    return request(span);
  }

  private static byte[] request(FieldWriter span) {
    FieldWriter scope = new FieldWriter().message(2, span);
    return new FieldWriter().message(1, new FieldWriter().message(2, scope)).toBytes();
  }

  private void hold(Sampler sampler, byte[] request) {
    sampler.hold(scanner.scan(request, 0, request.length), now);
  }

  private void step(Sampler sampler) {
    now += SECOND / 10;
    sampler.decide(now);
    sampler.tell(now);
    sampler.stamp();
  }

  private static void assertIdentity(SamplerCounts counts) {
    assertEquals(counts.received(), counts.held() + counts.kept() + counts.dropped());
  }

  @Test
  void aPolicyKeepsItsShareOfThemAndAllErrors() {
    Policy errors = new Policy("errors", Condition.Status.of(SpanStatus.ERROR), Action.KEEP);
    Sampler sampler = sampler(TENTH, errors);
    for (int i = 0; i < 20_000; i++) {
      hold(sampler, request(invalid(), i % 100 == 0, random.nextBoolean()));
      if (i % 100 == 0) {
        step(sampler);
      }
    }
    sampler.decideAll(now);
    SamplerCounts counts = sampler.counts();
    assertIdentity(counts);
    assertEquals(200L, counts.keptByReason().get("errors"));
    double share = counts.keptByReason().get("default") / 19_800.0;
    assertEquals(.1, share, .01, "seed " + SEED);
  }

  @Test
  void whatAPolicyDropsIsDropped() {
    Sampler sampler = sampler(Action.KEEP, new Policy("all", Condition.ALWAYS, Action.DROP));
    hold(sampler, request(invalid(), true, false));
    step(sampler);
    assertEquals(1, sampler.counts().dropped());
  }

  @Test
  void theBudgetPaysForThemLikeForOthers() {
    AllocationSettings settings = AllocationSettings.DEFAULT.withCarryOver(Duration.ofSeconds(60));
    BudgetParts parts =
        new BudgetParts(
            settings,
            new Allowance.ShareOfTraffic(.1),
            PriceOf.BYTES,
            new InProcessKeepLedger(true, Duration.ofSeconds(30), 100_000),
            new InProcessFleetSums(),
            "pod");
    Sampler sampler =
        new Sampler(SamplerSettings.DEFAULT, judge(Action.BUDGET), SliceCodec.deflate(), parts);
    for (int i = 0; i < 60_000; i++) {
      hold(sampler, request(invalid(), false, false));
      if (i % 10 == 0) {
        step(sampler);
      }
    }
    SamplerCounts counts = sampler.counts();
    assertIdentity(counts);
    double share = (double) counts.keptBytes() / counts.receivedBytes();
    assertTrue(share > .07 && share < .11, "kept " + share + " of the bytes");
  }

  @Test
  void eachIsATraceOfItsOwnAndNobodyWaitsForMore() {
    Policy many = new Policy("many", new Condition.SpanCount(2, Integer.MAX_VALUE), Action.KEEP);
    Sampler sampler = sampler(Action.DROP, many);
    for (int i = 0; i < 100; i++) {
      hold(sampler, request(new byte[0], false, true));
    }
    assertEquals(100, sampler.counts().heldTraces());
    step(sampler);
    assertEquals(0, sampler.counts().held(), "with a parent that nobody can find");
    assertEquals(100, sampler.counts().dropped());
  }

  @Test
  void theSameSpanIsDecidedAlikeWhoeverGetsItAndHoweverOften() throws Exception {
    List<Sampler> samplers = List.of(sampler(TENTH), sampler(TENTH), sampler(TENTH));
    long kept = 0;
    for (int i = 0; i < 500; i++) {
      byte[] request = request(invalid(), false, false);
      Set<Long> counts = new HashSet<>();
      for (Sampler sampler : samplers) {
        long before = sampler.counts().kept();
        hold(sampler, request);
        step(sampler);
        hold(sampler, request);
        step(sampler);
        counts.add(sampler.counts().kept() - before);
      }
      assertEquals(1, counts.size(), "one answer");
      kept += counts.iterator().next();
    }
    assertEquals(100, kept, 50);
  }

  @Test
  void keptOnesSayHowManyTheyStandForAndWithWhichRandomness() {
    Sampler first = sampler(TENTH);
    Sampler second = sampler(TENTH);
    double stoodFor = 0;
    for (int i = 0; i < 5_000; i++) {
      hold(first, request(invalid(), false, false));
      step(first);
      for (Kept span : kept(first.ship())) {
        assertTrue(span.randomness >= span.threshold, "consistent for whoever comes next");
        stoodFor += 0x1p56 / ((1L << 56) - span.threshold);
        hold(second, span.request);
        step(second);
      }
    }
    assertEquals(5_000, stoodFor, 700);
    second.decideAll(now);
    assertEquals(0, second.counts().dropped(), "the next one with the same share keeps all");
    assertTrue(second.counts().kept() > 400);
  }

  private record Kept(byte[] request, long threshold, long randomness) {}

  private static List<Kept> kept(byte[] request) {
    Batch batch = new Scanner(1_000).scan(request, 0, request.length);
    List<Kept> kept = new ArrayList<>();
    for (int row = 0; row < batch.size(); row++) {
      int at = batch.traceStateOffset(row);
      int length = batch.traceStateLength(row);
      kept.add(
          new Kept(
              request,
              TraceState.threshold(request, at, length),
              TraceState.randomness(request, at, length, 0)));
    }
    return kept;
  }

  @Test
  void theKillSwitchKeepsThemAsTheyAre() {
    Sampler sampler = sampler(Action.DROP);
    sampler.keepAll(true);
    byte[] request = request(new byte[15], false, false);
    hold(sampler, request);
    step(sampler);
    assertEquals(1, sampler.counts().kept());
    org.junit.jupiter.api.Assertions.assertArrayEquals(request, sampler.ship());
  }

  @Test
  void manyOfThemStayBelowTheMemoryBound() {
    Sampler sampler = sampler(TENTH);
    for (int i = 0; i < 200_000; i++) {
      hold(sampler, request(invalid(), false, true));
    }
    assertTrue(sampler.counts().heldBytes() > 1 << 20, "they wait in the hold");
    step(sampler);
    assertIdentity(sampler.counts());
    assertEquals(0, sampler.counts().held());
  }
}
