package dev.spanthrift.agent.control.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StreamPausesTest {
  private static final Duration DAY = Duration.ofDays(1);
  private final StreamPauses pauses = new StreamPauses(new Random(7));

  @Test
  void whoLoseOneReplicaComeToTheOtherOverHalfAMinute() {
    long[] drawn = LongStream.range(0, 3000).map(i -> pauses.after(DAY)).toArray();
    for (int third = 0; third < 3; third++) {
      long from = third * 10_000L;
      long in = LongStream.of(drawn).filter(d -> d >= from && d < from + 10_000).count();
      assertEquals(1000, in, 150, "of 3000 in the third from " + from);
    }
    assertTrue(LongStream.of(drawn).allMatch(d -> d >= 0 && d <= StreamPauses.MILLIS_MAX));
  }

  @Test
  void aStreamThatIsClosedAsSoonAsItWasOpenedIsTriedLessAndLess() {
    long first = pauses.after(Duration.ofSeconds(1));
    assertTrue(first >= 500 && first <= 2_000, "first " + first);
    for (int i = 0; i < 4; i++) {
      pauses.after(Duration.ofSeconds(59));
    }
    long sixth = pauses.after(Duration.ZERO);
    assertTrue(sixth >= StreamPauses.MILLIS_MAX / 4, "sixth " + sixth);
    pauses.after(DAY);
    long again = pauses.after(Duration.ZERO);
    assertTrue(again <= 2_000, "after one that lived " + again);
  }
}
