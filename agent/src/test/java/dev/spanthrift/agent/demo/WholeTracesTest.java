package dev.spanthrift.agent.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WholeTracesTest {
  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final WholeTraces traces = new WholeTraces(millis::get);

  private void arrive(long id, int spans) {
    for (int i = 0; i < spans; i++) {
      traces.arrived(id);
    }
  }

  @Test
  void aTraceIsWholeWhenAllOfItArrivedAndTornWhenSomeDid() {
    traces.made(1, 5);
    traces.made(2, 5);
    traces.made(3, 5);
    arrive(1, 5);
    arrive(2, 4);
    WholeTraces.Tally tally = traces.before(1_001);
    assertEquals(new WholeTraces.Tally(2, 1), tally, "the third was not kept");
    assertEquals(1, tally.torn());
    assertEquals(0.5, tally.share());
  }

  @Test
  void whatComesLateMakesATornTraceWhole() {
    traces.made(1, 2);
    arrive(1, 1);
    assertEquals(1, traces.before(1_001).torn());
    millis.addAndGet(30_000);
    arrive(1, 1);
    assertEquals(0, traces.before(1_001).torn());
  }

  @Test
  void onlyTracesThatBeganBeforeAreLookedAt() {
    traces.made(1, 1);
    millis.addAndGet(1_000);
    traces.made(2, 1);
    arrive(1, 1);
    arrive(2, 1);
    assertEquals(1, traces.before(1_001).kept());
    assertEquals(1, traces.between(1_001, 1_002).kept());
    assertEquals(1, traces.between(1_000, 1_001).kept());
  }

  @Test
  void oldSecondsAreAddedUpAndTheirTracesForgotten() {
    for (long id = 0; id < 400; id++) {
      traces.made(id, 2);
      arrive(id, id % 2 == 0 ? 2 : 1);
      millis.addAndGet(1_000);
    }
    assertEquals(new WholeTraces.Tally(400, 200), traces.before(Long.MAX_VALUE));
    arrive(1, 1);
    assertEquals(200, traces.before(Long.MAX_VALUE).whole(), "too late to be seen");
    assertEquals(0, traces.between(1_000, 1_100).kept(), "no more by second");
  }

  @Test
  void secondsInWhichNothingWasKeptHaveNoShare() {
    traces.made(1, 1);
    millis.addAndGet(2_000);
    traces.made(2, 2);
    arrive(1, 1);
    arrive(2, 1);
    List<WholeTraces.Tally> seconds = traces.seconds(1_003, 3);
    assertNotNull(seconds.get(0));
    assertNull(seconds.get(1));
    assertEquals(1, seconds.get(2).torn());
  }
}
