package dev.spanthrift.agent.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BeatTest {
  private static final long SECOND = 1_000_000_000L;

  private final ManualTimer timer = new ManualTimer();
  private boolean moving;
  private int runs;

  @AfterEach
  void end() {
    timer.shutdownNow();
  }

  private Beat beat(@Nullable Duration rest, BooleanSupplier task) {
    Beat beat = new Beat("test beat", timer, rest, task);
    beat.start(Duration.ZERO);
    return beat;
  }

  private boolean count() {
    runs++;
    return moving;
  }

  @Test
  void runsOnceASecondWhileSomethingMovesAndNeverWhileNothingDoes() {
    moving = true;
    Beat beat = beat(null, this::count);
    timer.pass(10 * SECOND);
    assertEquals(11, runs);
    moving = false;
    timer.pass(3_600 * SECOND);
    assertEquals(12, runs, "the run that saw that nothing moves");
    moving = true;
    beat.wake();
    timer.pass(0);
    assertEquals(13, runs, "at once");
    timer.pass(10 * SECOND);
    assertEquals(23, runs);
  }

  @Test
  void runsSeldomAtRest() {
    Beat beat = beat(Duration.ofSeconds(10), this::count);
    timer.pass(0);
    assertEquals(1, runs);
    timer.pass(11 * SECOND);
    assertTrue(
        runs >= 2 && runs <= 4, runs + " runs"); // at whole tens of the wall, which we do not move
    beat.wake();
    int before = runs;
    timer.pass(0);
    assertEquals(before + 1, runs);
  }

  @Test
  void whatMovesDuringARunKeepsItAwake() {
    Beat[] beat = new Beat[1];
    beat[0] =
        beat(
            null,
            () -> {
              runs++;
              if (runs == 1) {
                beat[0].wake();
              }
              return false;
            });
    timer.pass(5 * SECOND);
    assertEquals(2, runs);
  }

  @Test
  void aRunThatFailsIsFollowedByTheNext() {
    beat(
        null,
        () -> {
          runs++;
          throw new IllegalStateException("scripted");
        });
    timer.pass(3 * SECOND);
    assertEquals(4, runs);
  }
}
