package dev.spanthrift.sampler.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** In virtual time: pods limit traces, and report to each other every five seconds. */
class SharedRatesTest {
  private static final String NAME = "limit";
  private static final double LIMIT = 20;
  private static final long SECOND = 1_000_000_000L;
  private static final int GENERATION = 5;

  /** One pod with its own traffic. */
  private static final class Pod {
    final SharedRates rates;
    final RateEstimator limiter = new RateEstimator(LIMIT, NAME);
    double perSecond;
    double kept;
    double probability = 1;

    Pod(int assumed, double perSecond) {
      rates = new SharedRates(assumed);
      this.perSecond = perSecond;
    }

    void second(long second, Random random) {
      double left = perSecond;
      while (random.nextDouble() < left--) {
        long now = second * SECOND + random.nextLong(SECOND);
        probability = limiter.probability(now, 1, rates);
        kept += probability;
      }
    }
  }

  private final Random random = new Random(1);
  private final List<Pod> pods = new ArrayList<>();
  private double[] whole;
  private long second;

  private void pods(int assumed, double... traffic) {
    for (double perSecond : traffic) {
      pods.add(new Pod(assumed, perSecond));
    }
  }

  /** Runs so many seconds; returns what all kept in one of them, on average. */
  private double run(int seconds, boolean reachable) {
    pods.forEach(pod -> pod.kept = 0);
    for (int i = 0; i < seconds; i++, second++) {
      pods.forEach(pod -> pod.second(second, random));
      if (reachable && second % GENERATION == 0) {
        exchange();
      }
    }
    return pods.stream().mapToDouble(pod -> pod.kept).sum() / seconds;
  }

  /** As over the engine: each reports, and reads the generation before. */
  private void exchange() {
    double[] growing = new double[SharedRates.PLACES];
    for (Pod pod : pods) {
      double[] report = pod.rates.report(second * SECOND);
      IntStream.range(0, growing.length).forEach(i -> growing[i] += report[i]);
      if (whole != null) {
        pod.rates.take(whole, true, pods.size(), second * SECOND);
      }
    }
    whole = growing;
  }

  @Test
  void unequalPodsTogetherHoldTheRateWithOneProbability() {
    pods(10, 1, 5, 20, 100, 400);
    run(60, true);
    assertEquals(LIMIT, run(300, true), 1);
    for (Pod pod : pods) {
      assertEquals(LIMIT / 526, pod.probability, .3 * LIMIT / 526);
    }
  }

  @Test
  void aStepOfTrafficOnOnePodIsFollowedByAll() {
    pods(10, 10, 10, 10);
    run(60, true);
    pods.getFirst().perSecond = 1_000;
    run(40, true);
    assertEquals(LIMIT, run(200, true), 1);
  }

  @Test
  void belowTheRateAllIsKept() {
    pods(3, 4, 5, 6);
    run(60, true);
    assertEquals(15, run(200, true), .5);
  }

  @Test
  void beforeTheOthersAreKnownEachTakesItsPartOfThoseAssumed() {
    pods(4, 50, 500);
    run(40, false);
    assertEquals(LIMIT * 2 / 4, run(200, false), .6);
  }

  @Test
  void whileNobodyAnswersTheSharesBecomeEvenAndTheSumStillHolds() {
    pods(10, 2, 200, 1_000);
    run(100, true);
    assertTrue(run(60, false) < LIMIT * 1.05);
    run(400, false);
    assertTrue(run(100, false) < LIMIT * 1.05);
    assertEquals(LIMIT / 3, pods.getLast().kept / 100, .5);
  }

  @Test
  void twoNamesOfOnePlaceAreRefused() {
    String other =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "other" + i)
            .filter(name -> SharedRates.place(name) == SharedRates.place(NAME))
            .findFirst()
            .orElseThrow();
    Action fleet = new Action.Rate(1, Action.Unit.TRACES, Action.Per.FLEET);
    PolicyDocument document =
        new PolicyDocument(
            List.of(
                new Policy(NAME, Condition.ALWAYS, fleet, true),
                new Policy(other, Condition.ALWAYS, fleet, true)),
            Action.KEEP);
    InvalidPolicyException refused =
        Assertions.assertThrows(InvalidPolicyException.class, () -> PolicySet.compile(document));
    assertEquals("/policies/1/name", refused.problems().getFirst().pointer());
  }
}
