package dev.spanthrift.sampler.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.explain.LoggedDecision.Conclusion;
import dev.spanthrift.sampler.trace.Fragment;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecisionLogTest {
  private static final long MIB = 1 << 20;
  private static final long[] NO_FACTS = {};

  private long clock = 1_700_000_000_000L;
  private final DecisionLog log = new DecisionLog(8 * MIB, () -> clock);

  private static Fragment fragment(long low) {
    return Fragment.ofSums(1, low, low & 0xffffff, 3, 1_234, 1_500_000_000L, true, false);
  }

  private long note(DecisionLog into, long low) {
    return into.note(fragment(low), 5, 9, "errors", 1, false, new long[] {6, 7, 8}, 1, 1);
  }

  @Test
  void saysWhatAPolicyDecidedAndFromWhat() {
    clock += 1_000;
    log.settled(note(log, 42), true, 1, "errors");
    LoggedDecision decision = log.of(1, 42).getFirst();
    assertEquals(clock, decision.unixMillis());
    assertEquals(9, decision.policyVersion());
    assertEquals(5, decision.operation());
    assertEquals(
        new LoggedDecision.Amounts(3, 1_234, 1_500_000_000L, true, false), decision.amounts());
    assertEquals("errors", decision.policy());
    assertEquals(1, decision.probability());
    assertNull(decision.allocation());
    assertEquals(Conclusion.KEPT, decision.outcome());
    assertEquals(1, decision.inclusion());
    assertEquals("errors", decision.reason());
    assertEquals(42, decision.randomness());
    assertEquals(1, decision.upstream());
    assertEquals(List.of(7L), decision.facts());
  }

  /** 2^32 ms are 49.7 days; and clocks are set back. */
  @Test
  void decisionsOfManyMonthsHaveTheirTimes() {
    for (long days : List.of(30, 30, 80, -1)) {
      clock += days * 86_400_000L;
      long number = note(log, 42);
      assertEquals(clock, log.recent(number + 1, 1, any -> true).getFirst().unixMillis());
    }
    assertEquals(1_700_000_000_000L + 30 * 86_400_000L, log.oldestUnixMillis());
  }

  @Test
  void saysWhatTheBudgetSaidAndThatAnotherPodSaidMore() {
    long number = log.note(fragment(1), 2, 1, "budget", 1, true, NO_FACTS, 0, 0);
    log.allocated(number, TraceClass.SLOW, 0.25, 4e6, 7e8);
    assertEquals(Conclusion.WAITING, log.of(1, 1).getFirst().outcome());
    log.settled(number, true, 0.5, "budget:slow");
    LoggedDecision decision = log.of(1, 1).getFirst();
    LoggedDecision.OfBudget said = Objects.requireNonNull(decision.allocation());
    assertEquals(TraceClass.SLOW, said.traceClass());
    assertEquals(4e6, said.price());
    assertEquals(7e8, said.level());
    assertEquals(0.25, decision.probability());
    assertEquals(0.5, decision.inclusion());
    assertEquals("budget", decision.policy());
    assertEquals("budget:slow", decision.reason());
  }

  @Test
  void aDropKeepsTheProbabilityThatItHad() {
    long number = log.note(fragment(1), 2, 1, "tenth", 0.1, false, NO_FACTS, 0, 0);
    log.settled(number, false, 0, "tenth");
    LoggedDecision decision = log.of(1, 1).getFirst();
    assertEquals(Conclusion.DROPPED, decision.outcome());
    assertEquals(0.1, decision.probability(), 1e-8);
    assertEquals(0.1, decision.inclusion(), 1e-8);
  }

  @Test
  void saysWhatUpstreamHadLeftOut() {
    Fragment fragment = fragment(1);
    fragment.setUpstreamThreshold(1);
    Fragment half = Fragment.ofSums(1, 2, (1L << 56) - 1, 1, 1, 1, false, true);
    half.setUpstreamThreshold(1L << 55);
    log.note(half, 2, 1, "all", 1, false, NO_FACTS, 0, 0);
    assertEquals(0.5, log.of(1, 2).getFirst().upstream());
  }

  @Test
  void aHundredThousandDecisionsFitIntoEightMebibytes() {
    for (long id = 0; id < 100_000; id++) {
      log.settled(note(log, id), false, 0, "errors");
    }
    DecisionLog.Counts counts = log.counts();
    assertEquals(new DecisionLog.Counts(100_000, 100_000, 0, counts.bytes(), 8 * MIB), counts);
    assertTrue(counts.bytes() <= 8 * MIB, () -> counts.bytes() + " bytes");
    assertEquals(1, log.of(1, 0).size());
  }

  @Test
  void theOldestGoAndAreCounted() {
    DecisionLog small = new DecisionLog(1, () -> clock);
    long first = note(small, 0);
    for (long id = 1; id < 5_000; id++) {
      note(small, id);
    }
    DecisionLog.Counts counts = small.counts();
    assertEquals(5_000, counts.noted());
    assertEquals(counts.noted(), counts.held() + counts.forgotten());
    assertTrue(counts.held() >= 1 && counts.held() <= 1024, () -> counts.held() + " held");
    assertEquals(List.of(), small.of(1, 0));
    small.settled(first, true, 1, "too late"); // it has gone: nobody else's row may change
    assertTrue(
        small.recent(Long.MAX_VALUE, 10_000, d -> true).stream()
            .allMatch(d -> d.outcome() == Conclusion.WAITING));
  }

  @Test
  void policiesThatAskMoreStandBesideThoseThatAskLess() {
    Random random = new Random(3);
    for (long id = 0; id < 3_000; id++) {
      int words = random.nextInt(5);
      long[] facts = new long[words];
      java.util.Arrays.fill(facts, id);
      long number = log.note(fragment(id), 1, id, "p" + words, 1, false, facts, 0, words);
      log.settled(number, true, 1, "p" + words);
    }
    List<LoggedDecision> all = log.recent(Long.MAX_VALUE, 10_000, d -> true);
    assertEquals(log.counts().held(), all.size());
    for (LoggedDecision decision : all) {
      assertEquals("p" + decision.facts().size(), decision.policy());
      assertEquals(decision.traceIdLow(), decision.policyVersion());
      decision.facts().forEach(word -> assertEquals(decision.traceIdLow(), word));
    }
  }

  /** After a change of policy fragments of both versions are decided in turns. */
  @Test
  void twoVersionsInTurnsTakeNoMoreThanTheWiderAlone() {
    for (long id = 0; id < 4_000; id++) {
      log.note(fragment(id), 1, id % 2, "p", 1, false, new long[4], 0, id % 2 == 0 ? 0 : 4);
    }
    long alone = 4 * 1024L * (9 + 4) * Long.BYTES;
    long first = 1024L * 9 * Long.BYTES; // began before anybody asked more
    assertTrue(log.counts().bytes() <= alone + first, () -> log.counts().toString());
    assertEquals(0, log.counts().forgotten());
  }

  @Test
  void theYoungestComeFirstAndAPageGoesOnWhereTheLastOneEnded() {
    for (long id = 0; id < 2_500; id++) {
      note(log, id);
    }
    List<LoggedDecision> page = log.recent(Long.MAX_VALUE, 3, d -> d.traceIdLow() % 1_000 == 0);
    assertEquals(List.of(2_000L, 1_000L, 0L), page.stream().map(d -> d.traceIdLow()).toList());
    List<LoggedDecision> rest =
        log.recent(page.getFirst().number(), 1, d -> d.traceIdLow() % 1_000 == 0);
    assertEquals(1_000L, rest.getFirst().traceIdLow());
    assertEquals(List.of(), log.recent(0, 10, d -> true));
  }

  @Test
  void severalFragmentsOfATraceStandInTheirOrder() {
    note(log, 8);
    note(log, 9);
    note(log, 8);
    List<LoggedDecision> both = log.of(1, 8);
    assertEquals(2, both.size());
    assertTrue(both.get(0).number() < both.get(1).number());
  }
}
