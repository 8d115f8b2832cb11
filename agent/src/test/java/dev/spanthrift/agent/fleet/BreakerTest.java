package dev.spanthrift.agent.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** By a clock that the test moves. */
class BreakerTest {
  private static final long SECOND = 1_000_000_000L;

  private static void fail(Breaker breaker, int times, long now) {
    for (int i = 0; i < times; i++) {
      breaker.failed(now);
    }
  }

  @Test
  void twoFailuresAreBorneAndTheThirdClosesForHalfASecond() {
    Breaker breaker = new Breaker(() -> 1);
    fail(breaker, 2, 0);
    assertTrue(breaker.lets(0));
    assertFalse(breaker.isOpen());
    fail(breaker, 1, 0);
    assertFalse(breaker.lets(SECOND / 2 - 1));
    assertTrue(breaker.isOpen());
    assertTrue(breaker.lets(SECOND / 2));
  }

  @Test
  void eachFurtherFailureDoublesTheRestUpToTenSeconds() {
    Breaker breaker = new Breaker(() -> 1);
    fail(breaker, 4, 0);
    assertFalse(breaker.lets(SECOND - 1));
    assertTrue(breaker.lets(SECOND));
    fail(breaker, 50, 0);
    assertFalse(breaker.lets(10 * SECOND - 1));
    assertTrue(breaker.lets(10 * SECOND));
  }

  @Test
  void sidecarsDoNotComeBackAtTheSameMoment() {
    Breaker early = new Breaker(() -> 0);
    Breaker late = new Breaker(() -> 1);
    fail(early, 3, 0);
    fail(late, 3, 0);
    assertTrue(early.lets(SECOND / 4));
    assertFalse(late.lets(SECOND / 4));
  }

  @Test
  void oneSuccessForgetsAll() {
    Breaker breaker = new Breaker(() -> 1);
    fail(breaker, 20, 0);
    breaker.succeeded();
    assertTrue(breaker.lets(0));
    fail(breaker, 3, 0);
    assertTrue(breaker.lets(SECOND / 2));
  }

  @Test
  void awayIsSinceTheFirstFailureOrWhenItCouldNotBeAsked() {
    Breaker breaker = new Breaker(() -> 1);
    assertEquals(Long.MIN_VALUE, breaker.awaySinceNanos());
    breaker.passedOver(7);
    breaker.failed(9);
    assertEquals(7, breaker.awaySinceNanos());
    breaker.succeeded();
    assertEquals(Long.MIN_VALUE, breaker.awaySinceNanos());
  }
}
