package dev.spanthrift.agent.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
    Beat beat = new Beat("test beat", timer, rest, task, () -> timer.now / 1_000_000);
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
  void runsAtWholeTensOfTheWallAtRest() {
    timer.pass(3 * SECOND);
    Beat beat = beat(Duration.ofSeconds(10), this::count);
    timer.pass(0);
    assertEquals(1, runs);
    timer.pass(7 * SECOND - 1);
    assertEquals(1, runs);
    timer.pass(1);
    assertEquals(2, runs, "at ten");
    timer.pass(35 * SECOND);
    assertEquals(5, runs);
    beat.wake();
    timer.pass(0);
    assertEquals(6, runs);
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
