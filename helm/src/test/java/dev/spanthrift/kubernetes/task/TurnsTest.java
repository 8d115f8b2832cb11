package dev.spanthrift.kubernetes.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final long NOW = Long.MAX_VALUE - 50; // the clock of nanoTime may run over

  @Test
  void someAtOnceThenAnEvenPace() {
    Turns turns = new Turns(Duration.ofNanos(100), 3, NOW);
    assertEquals(0, turns.take(NOW));
    assertEquals(0, turns.take(NOW));
    assertEquals(0, turns.take(NOW));
    assertEquals(100, turns.take(NOW));
    assertEquals(200, turns.take(NOW));
    assertEquals(0, turns.take(NOW + 10_000), "a rest fills it");
    assertEquals(0, turns.take(NOW + 10_000));
    assertEquals(0, turns.take(NOW + 10_000));
    assertEquals(100, turns.take(NOW + 10_000), "no fuller than it was");
  }

  @Test
  void whoDoesNotWaitTakesNoTurnOfOthers() {
    Turns turns = new Turns(Duration.ofNanos(100), 1, NOW);
    assertTrue(turns.takeNow(NOW));
    for (int i = 0; i < 10; i++) {
      assertFalse(turns.takeNow(NOW + 99));
    }
    assertTrue(turns.takeNow(NOW + 100));
  }

  @Test
  void aClockThatIsSetBackEndsAPause() {
    Instant since = Instant.parse("2026-12-01T12:00:00Z");
    Duration pause = Duration.ofSeconds(10);
    assertTrue(Pause.lasts(since, pause, since));
    assertTrue(Pause.lasts(since, pause, since.plusSeconds(9)));
    assertFalse(Pause.lasts(since, pause, since.plusSeconds(10)));
    assertFalse(Pause.lasts(since, pause, since.minusSeconds(3_600)));
  }
}
