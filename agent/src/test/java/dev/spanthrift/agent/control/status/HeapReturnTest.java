package dev.spanthrift.agent.control.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapReturnTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MIB = 1 << 20;

  private final GrowingHeap heap = new GrowingHeap();
  private final HeapReturn heapReturn = new HeapReturn(heap);
  private long now = Long.MAX_VALUE - 10 * SECOND; // the clock may turn over
  private long received;
  private long second;

  /** A full collection leaves 24 MiB. */
  private final class GrowingHeap implements HeapReturn.Heap {
    long committed = 24 * MIB;
    long live = 24 * MIB;
    final List<Long> collections = new ArrayList<>();

    @Override
    public long committedBytes() {
      return committed;
    }

    @Override
    public void collect() {
      collections.add(second);
      committed = live;
    }
  }

  private void load(int seconds, long bytesPerSecond) {
    for (int i = 0; i < seconds; i++) {
      pass(1);
      received += bytesPerSecond;
      heapReturn.look(true, received, now);
    }
  }

  private void rest(int seconds) {
    for (int i = 0; i < seconds; i += 10) {
      pass(10);
      heapReturn.look(false, received, now);
    }
  }

  private void pass(int seconds) {
    now += seconds * SECOND;
    second += seconds;
  }

  @Test
  void restAfterGrowthGivesBackOnce() {
    load(10, 1_000);
    heap.committed = 90 * MIB;
    load(10, 1_000_000);
    rest(3_600);
    assertEquals(List.of(50L), heap.collections, "30 s after the last that moved");
    assertEquals(1, heapReturn.counts().times());
    assertEquals(66 * MIB, heapReturn.counts().bytes());
  }

  @Test
  void restWithoutGrowthAsksForNothing() {
    load(60, 1_000);
    heap.committed += 6 * MIB - 1;
    rest(3_600);
    assertEquals(new HeapReturn.Counts(0, 0, 0), heapReturn.counts());
    assertEquals(List.of(), heap.collections);
  }

  @Test
  void onlyNewGrowthIsGivenBackAgain() {
    load(1, 1_000);
    heap.committed = 90 * MIB;
    heap.live = 60 * MIB;
    rest(600);
    assertEquals(1, heap.collections.size(), "what lives stays, and is not looked for again");
    load(60, 1_000);
    rest(600);
    assertEquals(1, heap.collections.size());
    load(60, 1_000_000);
    heap.committed = 70 * MIB;
    rest(600);
    assertEquals(2, heap.collections.size());
  }

  @Test
  void shortPausesOfALoadAreNoRest() {
    load(1, 1_000);
    heap.committed = 90 * MIB;
    for (int i = 0; i < 50; i++) {
      load(5, 1_000_000);
      rest(20);
    }
    assertEquals(List.of(), heap.collections);
  }

  @Test
  void heavyLoadIsNeverStopped() {
    load(1, 1_000_000);
    heap.committed = 90 * MIB;
    load(3_600, 1_000_000);
    assertEquals(List.of(), heap.collections);
  }

  @Test
  void anOrdinaryLoadAfterABurstGivesBack() {
    load(60, 1_000);
    heap.committed = 90 * MIB;
    load(30, 1_000_000);
    load(120, 1_000);
    assertEquals(1, heap.collections.size());
    load(3_600, 1_000);
    assertEquals(1, heap.collections.size());
  }

  @Test
  void underLoadNotTwiceInFiveMinutes() {
    load(1, 1_000);
    for (int i = 0; i < 20; i++) {
      heap.committed = 90 * MIB;
      load(60, 1_000_000);
      load(120, 1_000);
    }
    assertTrue(heap.collections.size() > 5, "bursts are given back: " + heap.collections);
    for (int i = 1; i < heap.collections.size(); i++) {
      long apart = heap.collections.get(i) - heap.collections.get(i - 1);
      assertTrue(apart >= 300, "apart by " + apart + " s");
    }
  }
}
