package dev.spanthrift.sampler.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The index beside a map, while rows come and go. */
class TraceIndexTest {
  private static final long SEED = Long.getLong("seed", 1);

  private record Id(long high, long low) {}

  private final Random random = new Random(SEED);
  private final Rows rows = new Rows(3, 6);
  private final TraceIndex index = new TraceIndex(rows);
  private final Map<Id, Integer> model = new HashMap<>();

  /** Few bits, so that ids collide in the table and share a half. */
  private Id id() {
    int range = 1 << random.nextInt(1, 12);
    return new Id(random.nextInt(3), (long) random.nextInt(range) << 32 | 1);
  }

  private void add(Id id) {
    if (index.find(id.high, id.low) == TraceIndex.NONE) {
      int row = rows.take();
      rows.set(row, Rows.TRACE_ID_HIGH, id.high);
      rows.set(row, Rows.TRACE_ID_LOW, id.low);
      rows.set(row, 2, id.hashCode());
      index.add(row);
      model.put(id, row);
    }
  }

  private void remove(Id id) {
    Integer row = model.remove(id);
    if (row != null) {
      index.remove(row);
      rows.release(row);
    }
  }

  private void assertSame() {
    assertEquals(model.size(), rows.size(), "seed " + SEED);
    model.forEach(
        (id, row) -> {
          assertEquals(row, index.find(id.high, id.low), "seed " + SEED);
          assertEquals(id.hashCode(), (int) rows.get(row, 2));
        });
  }

  @Test
  void findsWhatIsInItAndNothingElse() {
    for (int round = 0; round < 60; round++) {
      int growing = random.nextInt(4);
      for (int i = 0; i < 2_000; i++) {
        Id id = id();
        if (random.nextInt(4) < growing) {
          add(id);
        } else {
          remove(id);
        }
        Id other = id();
        int expected = model.getOrDefault(other, TraceIndex.NONE);
        assertEquals(expected, index.find(other.high, other.low), "seed " + SEED);
      }
      assertSame();
    }
  }

  @Test
  void givesItsMemoryBackAndStaysWithinWhatItSays() {
    List<Id> ids = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      ids.add(new Id(random.nextLong(), random.nextLong()));
      add(ids.getLast());
      assertTrue(index.bytes() <= TraceIndex.bytesMax(i + 1));
    }
    assertTrue(rows.bytes() <= Rows.bytesMax(50_000, 3, 6));
    ids.forEach(this::remove);
    assertTrue(index.bytes() < 20_000, "" + index.bytes());
    assertTrue(rows.bytes() < 100_000, "" + rows.bytes());
    assertSame();
  }

  @Test
  void afterClearingItIsEmptyAndUsable() {
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 3_000 >> round; i++) {
        add(id());
      }
      assertSame();
      index.clear();
      rows.clear();
      model.keySet().forEach(id -> assertEquals(TraceIndex.NONE, index.find(id.high, id.low)));
      model.clear();
    }
  }
}
