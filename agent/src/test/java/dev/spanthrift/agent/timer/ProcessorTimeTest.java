package dev.spanthrift.agent.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProcessorTimeTest {
  private final ProcessorTime time = new ProcessorTime();

  @Test
  void isToldAsProcessorsSinceTheLastLook() {
    assertNull(time.since(700, 1_000), "nothing to compare with");
    assertEquals(0.25, time.since(750, 1_200));
    assertEquals(2.0, time.since(2_750, 2_200));
    assertEquals(0.0, time.since(2_700, 2_300), "no system takes time back");
    assertNull(time.since(2_800, 2_300), "no time has passed");
  }

  @Test
  void whatTheSystemDoesNotTellIsUnknownAndNotNothing() {
    assertNull(time.since(-1, 1_000));
    assertNull(time.since(-1, 2_000));
    assertNull(time.since(500, 3_000), "known from now on");
    assertEquals(0.5, time.since(1_000, 4_000));
  }

  @Test
  void ofThisProcessIsMoreThanNothing() {
    assertTrue(ProcessorTime.nanos() > 0);
  }
}
