package dev.spanthrift.agent.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeapRoomTest {
  private final AtomicLong free = new AtomicLong();
  private final AtomicLong now = new AtomicLong();
  private final AtomicLong collections = new AtomicLong();

  @Test
  void aQuestionThatDoesNotFitIsRefusedWithItsNumbers() {
    free.set(20L << 20);
    HeapRoom room = new HeapRoom(free::get, collections::incrementAndGet, now::get);
    assertNull(room.lack(10_000));
    assertEquals(new HeapRoom.Lack(1_000_000, 202, 20), room.lack(1_000_000));
  }

  @Test
  void garbageDoesNotCountButIsCollectedOnceInAWhileOnly() {
    free.set(1L << 20);
    Runnable collector =
        () -> {
          collections.incrementAndGet();
          free.set(50L << 20);
        };
    HeapRoom room = new HeapRoom(free::get, collector, now::get);
    assertNull(room.lack(10_000), "what was garbage is free");
    free.set(1L << 20);
    assertNotNull(room.lack(10_000), "not again at once");
    assertEquals(1, collections.get());
    now.addAndGet(10_000_000_000L);
    assertNull(room.lack(10_000));
    assertEquals(2, collections.get());
  }

  @Test
  void whoOnlyLooksCollectsNothing() {
    free.set(1L << 20);
    HeapRoom room = new HeapRoom(free::get, collections::incrementAndGet, now::get);
    assertNotNull(room.lackNow(10_000, 0));
    assertEquals(0, collections.get());
    free.set(50L << 20);
    assertNull(room.lackNow(10_000, 0));
  }

  @Test
  void whatWasLearnedNeedsRoomToo() {
    free.set(15L << 20);
    HeapRoom room = new HeapRoom(free::get, collections::incrementAndGet, now::get);
    assertNull(room.lackNow(10_000, 0));
    assertNotNull(room.lackNow(10_000, 1 << 20));
  }
}
