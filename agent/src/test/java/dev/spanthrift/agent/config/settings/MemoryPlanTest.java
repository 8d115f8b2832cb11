package dev.spanthrift.agent.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static final long LEAST = 176; // what the launcher names

  private static SpanthriftSettings settings(int destinations) throws Exception {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < destinations; i++) {
      list.append("- {name: d" + i + ", endpoint: 'http://backend:" + (4000 + i) + "'}\n");
    }
    return SettingsLoader.load(null, Map.of("SPANTHRIFT_DESTINATIONS", list.toString())).settings();
  }

  @Test
  void itsPartsAddUpToNoMoreThanTheMemory() {
    for (long memory = LEAST; memory < 5_000; memory++) {
      MemoryPlan plan = MemoryPlan.of(memory);
      assertTrue(plan.fits(plan.heap() << 20), plan::toString);
      assertFalse(plan.fits(plan.heap() + memory << 20), plan::toString);
    }
  }

  @Test
  void theBoundsFollowFromItAndAddUpToLessThanItsHeap() throws Exception {
    for (int destinations = 1; destinations <= 3; destinations++) {
      SpanthriftSettings settings = settings(destinations);
      long before = 0;
      for (long memory : new long[] {LEAST, 192, 224, 256, 320, 512, 768}) {
        long heap = MemoryPlan.of(memory).heap() << 20;
        HeapBounds bounds = HeapBounds.of(settings, heap);
        long sum = bounds.sumBytes(destinations);
        assertTrue(sum < heap, memory + " MiB: " + bounds);
        assertTrue(sum > before, "more memory, more room: " + bounds);
        before = sum;
      }
    }
  }

  @Test
  void saysHowItDivides() {
    assertEquals(
        "95 MiB heap, 25 buffers of sockets, 24 code, 8 stacks, 104 classes, malloc and the JVM"
            + " itself",
        MemoryPlan.of(256).words(95 << 20));
  }
}
