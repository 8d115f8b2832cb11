package dev.spanthrift.agent.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SumsTimingTest {
  private static final long SECOND = 1_000_000_000L;
  private static final double ENGINE_AHEAD = 1_700_000_003.3;

  /** Exchanges every 1.01 s by this pod's clock: which generations of the engine have a report. */
  private static void assertOneReportAGeneration(double place) {
    SumsTiming timing = new SumsTiming(place);
    long last = -1;
    int reports = 0;
    for (int i = 0; i < 1_000; i++) {
      long now = i * SECOND * 101 / 100;
      double engine = ENGINE_AHEAD + now / 1e9;
      if (timing.isReportDue(now)) {
        timing.reported(engine, now);
        assertTrue(last < 0 || timing.generation() == last + 1, "at " + engine);
        last = timing.generation();
        reports++;
      }
    }
    assertEquals(202, reports, 1);
  }

  @Test
  void eachGenerationOfTheEngineHasOneReportOfEachPod() {
    for (int place = 0; place <= 10; place++) {
      assertOneReportAGeneration(place / 10.0);
    }
  }

  @Test
  void moneyIsToldAtOnceWhereAllPodsTogetherWouldHideTooMuch() {
    assertFalse(SumsTiming.isMoneyDue(1, 1_000, 10));
    assertTrue(SumsTiming.isMoneyDue(-6, 1_000, 10));
    assertTrue(SumsTiming.isMoneyDue(1, 1_000, 100));
    assertTrue(SumsTiming.isMoneyDue(1, -5, 1), "nothing is left");
  }

  @Test
  void aPodIsInTheSumsOfTheGenerationAfterItsFirstReport() {
    SumsTiming timing = new SumsTiming(0);
    assertFalse(timing.isInSumsOf(1_000), "it never reported");
    timing.reported(1_000, 0);
    assertTrue(timing.isInSumsOf(1_005));
    assertTrue(timing.isInSumsOf(1_010), "one late report");
    assertFalse(timing.isInSumsOf(1_060), "it was away");
  }
}
