package dev.spanthrift.sampler.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.probability.Randomness;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.trace.Fragment;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PolicySetTest {
  private static final long[] NO_FACTS = {};
  private static final Condition SLOW = Condition.Lasts.moreThan(Duration.ofSeconds(1));
  private static final Condition ERROR = new Condition.HasError();

  @Test
  void firstMatchDecides() {
    PolicySet set =
        set(
            Action.BUDGET,
            new Policy("errors", ERROR, Action.KEEP),
            new Policy("slow", SLOW, Action.DROP));
    assertEquals("errors", decide(set, fragment(true, 2_000, 0)).reason());
    assertEquals(Decision.Outcome.KEEP, decide(set, fragment(true, 2_000, 0)).outcome());
    Decision slow = decide(set, fragment(false, 2_000, 0));
    assertEquals(Decision.Outcome.DROP, slow.outcome());
    assertEquals(1, slow.policy());
    assertEquals(Threshold.MAX, slow.threshold(Threshold.UNKNOWN));
    Decision none = decide(set, fragment(false, 1_000, 0));
    assertEquals(Decision.Outcome.BUDGET, none.outcome());
    assertEquals(Decision.FALLBACK, none.policy());
    assertEquals("default", none.reason());
    assertEquals(Threshold.UNKNOWN, none.threshold(0));
  }

  @Test
  void errorsAndSlowCostNoFacts() {
    Condition status = Condition.Status.of(SpanStatus.ERROR);
    PolicySet set =
        set(
            Action.BUDGET,
            new Policy("e", status, Action.KEEP),
            new Policy("s", SLOW, Action.KEEP));
    assertEquals(0, set.factWords());
    assertEquals("e", decide(set, fragment(true, 0, 0)).reason());
  }

  @Test
  void shadowPoliciesNeverDecideButCount() {
    PolicySet set =
        set(
            new Action.Probability(0.5),
            new Policy("dropSlow", SLOW, Action.DROP, true),
            new Policy("keepAll", Condition.ALWAYS, Action.KEEP, true),
            new Policy("errors", ERROR, Action.KEEP));
    decide(set, fragment(true, 2_000, 0)); // kept by errors; dropSlow would have dropped it
    decide(set, fragment(false, 0, 0)); // dropped by default; keepAll would have kept it
    decide(set, fragment(false, 0, Threshold.MAX - 1)); // kept by default
    List<PolicyCounts> counts = set.counts();
    assertEquals(1, counts.get(0).matched().traces());
    assertEquals(1, counts.get(0).dropped().traces());
    assertEquals(1, counts.get(0).less().traces());
    assertEquals(3, counts.get(1).matched().traces());
    assertEquals(1, counts.get(1).more().traces());
    assertEquals(100, counts.get(1).more().bytes());
    assertEquals(0, counts.get(1).less().traces());
    assertEquals(1, counts.get(2).kept().traces());
    assertEquals("default", counts.get(3).name());
    assertEquals(2, counts.get(3).matched().spans());
    assertEquals(1, counts.get(3).kept().spans());
    assertEquals(1, counts.get(3).dropped().spans());
  }

  @Test
  void aPolicyInShadowIsNotReachedBehindTheDecidingOne() {
    PolicySet set =
        set(
            Action.BUDGET,
            new Policy("errors", ERROR, Action.KEEP),
            new Policy("afterwards", Condition.ALWAYS, Action.DROP, true));
    decide(set, fragment(true, 0, 0));
    assertEquals(0, set.counts().get(1).matched().traces());
  }

  @Test
  void s2e_probabilityIsEqualizing() {
    PolicySet set = set(new Action.Probability(0.5));
    Decision decision = decide(set, fragment(false, 0, 0));
    assertEquals(0x80000000000000L, decision.threshold(Threshold.UNKNOWN));
    assertEquals(0x80000000000000L, decision.threshold(0x40000000000000L));
    assertEquals(0xc0000000000000L, decision.threshold(0xc0000000000000L));
  }

  @Test
  void s2e_rateIsProportional() {
    PolicySet set = set(new Action.Rate(0.5, Action.Unit.TRACES));
    Decision decision = decide(set, fragment(false, 0, 0)); // 1 s, one trace, limit 0.5: p = 0.5
    assertEquals(0.5, decision.probability());
    assertTrue(decision.isOfArrived());
    assertEquals(0x80000000000000L, decision.threshold(Threshold.UNKNOWN));
    assertEquals(0xc0000000000000L, decision.threshold(0x80000000000000L));
    assertEquals(Threshold.MAX, decision.threshold(Threshold.MAX - 1));
  }

  @Test
  void r1_keepByRuleHasThresholdZero() {
    PolicySet set = set(Action.KEEP);
    Decision decision = decide(set, fragment(false, 0, 0));
    assertEquals(0, decision.threshold(Threshold.UNKNOWN));
    assertEquals(0xc0000000000000L, decision.threshold(0xc0000000000000L));
  }

  @Test
  void weightReachesTheBudget() {
    Decision decision = decide(set(new Action.Weight(3)), fragment(false, 0, 0));
    assertEquals(Decision.Outcome.BUDGET, decision.outcome());
    assertEquals(3, decision.weight());
  }

  @Test
  void rateHoldsWhateverTheTraffic() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    for (double perSecond : new double[] {20, 200, 2_000}) {
      PolicySet set = set(new Action.Rate(10, Action.Unit.TRACES));
      double kept = run(set, random, perSecond, 0, 100, 1); // to settle
      assertTrue(kept > 0, "seed " + seed);
      kept = run(set, random, perSecond, 100, 400, 1) / 300;
      assertEquals(10, kept, 1.5, "traces kept per s of " + perSecond + ", seed " + seed);
    }
  }

  @Test
  void rateOfSpansCountsSpans() {
    long seed = Long.getLong("seed", 1);
    PolicySet set = set(new Action.Rate(40, Action.Unit.SPANS));
    Random random = new Random(seed);
    run(set, random, 100, 0, 100, 4);
    double kept = run(set, random, 100, 100, 400, 4) / 300;
    assertEquals(10, kept, 1.5, "traces of 4 spans kept per s, seed " + seed);
  }

  @Test
  void rateBelowItsLimitKeepsAll() {
    PolicySet set = set(new Action.Rate(10, Action.Unit.TRACES));
    for (int i = 0; i < 1_000; i++) {
      Decision decision = new Decision();
      set.decide(fragment(false, 0, 0), NO_FACTS, 0, i * 200_000_000L, decision);
      assertEquals(1, decision.probability());
    }
  }

  @Test
  void aClockThatJumpsDoesNoHarm() {
    PolicySet set = set(new Action.Rate(10, Action.Unit.TRACES));
    Decision decision = new Decision();
    for (long now :
        new long[] {0, Long.MAX_VALUE / 2, 5, -1_000_000_000L, Long.MAX_VALUE / 2 + 1}) {
      set.decide(fragment(false, 0, 0), NO_FACTS, 0, now, decision);
      assertTrue(decision.probability() > 0 && decision.probability() <= 1, "now " + now);
    }
  }

  @Test
  void aSuccessorGoesOnWithCountsAndRatesOfWhatDidNotChange() {
    Policy rate = new Policy("r", ERROR, new Action.Rate(1, Action.Unit.TRACES));
    PolicySet first = set(Action.BUDGET, rate, new Policy("s", SLOW, Action.KEEP));
    for (int i = 0; i < 100; i++) {
      decide(first, fragment(true, 0, 0));
    }
    PolicyDocument changed =
        new PolicyDocument(List.of(new Policy("s", SLOW, Action.DROP), rate), Action.BUDGET);
    PolicySet second = PolicySet.compile(changed, first);
    assertEquals(100, second.counts().get(1).matched().traces());
    assertTrue(decide(second, fragment(true, 0, 0)).probability() < 0.02);
    assertEquals(0, second.counts().get(0).matched().traces());
    assertEquals(101, first.counts().get(0).matched().traces());
  }

  @Test
  void r13_smallerProbabilityKeepsASubset() {
    PolicySet tenth = set(new Action.Probability(0.1));
    PolicySet half = set(new Action.Probability(0.5));
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    Decision one = new Decision();
    Decision other = new Decision();
    for (int i = 0; i < 1_000_000; i++) {
      Fragment fragment = FRAGMENT.begin(0, 0, Randomness.ofTraceId(random.nextLong()));
      tenth.decide(fragment, NO_FACTS, 0, 0, one);
      half.decide(fragment, NO_FACTS, 0, 0, other);
      boolean kept = fragment.randomness() >= one.threshold(-1);
      assertTrue(!kept || fragment.randomness() >= other.threshold(-1), () -> "seed " + seed);
    }
  }

  @Test
  void r14_adjustedCountsEstimateTrueCountsWithAllRulesOn() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    PolicySet set =
        set(
            new Action.Probability(0.1),
            new Policy("errors", ERROR, Action.KEEP),
            new Policy("slow", SLOW, new Action.Probability(0.5)),
            new Policy(
                "many", new Condition.SpanCount(2, 2), new Action.Rate(20, Action.Unit.TRACES)));
    double[] truth = new double[4];
    double[] estimate = new double[4];
    double[] variance = new double[4];
    Decision decision = new Decision();
    for (int i = 0; i < 200_000; i++) {
      int stratum = random.nextInt(4);
      Fragment f =
          fragment(stratum == 0, stratum == 1 ? 2_000 : 0, Randomness.ofTraceId(random.nextLong()));
      if (stratum == 2) {
        f.add(2, 1, 0, 0, 0, 0, 0, 100);
      }
      set.decide(f, NO_FACTS, 0, i * 1_000_000L, decision);
      long threshold = decision.threshold(Threshold.UNKNOWN);
      truth[stratum]++;
      variance[stratum] += new Threshold(threshold).adjustedCount() - 1;
      if (f.randomness() >= threshold) {
        estimate[stratum] += new Threshold(threshold).adjustedCount();
      }
    }
    for (int s = 0; s < 4; s++) {
      // 4 sigma here, because four strata of every run would fail one run in a hundred at 3
      double bound = 4 * Math.sqrt(variance[s]) + 1e-6;
      assertEquals(truth[s], estimate[s], bound, "stratum " + s + " seed " + seed);
    }
  }

  private static final Fragment FRAGMENT = new Fragment();

  private static Fragment fragment(boolean error, long millis, long randomness) {
    Fragment fragment = new Fragment().begin(1, 2, randomness);
    fragment.add(1, 0, 1_000, millis * 1_000_000, 0, 0, error ? Fragment.ERROR : 0, 100);
    return fragment;
  }

  private static double run(
      PolicySet set, Random random, double perSecond, int from, int to, int spans) {
    Decision decision = new Decision();
    double kept = 0;
    double now = from;
    while (now < to) {
      now += -Math.log(1 - random.nextDouble()) / perSecond;
      Fragment fragment = FRAGMENT.begin(0, 0, Randomness.ofTraceId(random.nextLong()));
      for (int s = 0; s < spans; s++) {
        fragment.add(s, 0, 0, 0, 0, 0, 0, 100);
      }
      set.decide(fragment, NO_FACTS, 0, (long) (now * 1e9), decision);
      kept += fragment.randomness() >= decision.threshold(Threshold.UNKNOWN) ? 1 : 0;
    }
    return kept;
  }

  private static Decision decide(PolicySet set, Fragment fragment) {
    Decision decision = new Decision();
    set.decide(fragment, NO_FACTS, 0, 0, decision);
    return decision;
  }

  private static PolicySet set(Action fallback, Policy... policies) {
    return PolicySet.compile(new PolicyDocument(List.of(policies), fallback));
  }
}
