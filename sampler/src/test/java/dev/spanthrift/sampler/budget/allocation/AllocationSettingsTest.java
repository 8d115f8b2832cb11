package dev.spanthrift.sampler.budget.allocation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AllocationSettingsTest {
  private static Duration rootWait(long askAfterSeconds) {
    return AllocationSettings.DEFAULT.withAskAfter(Duration.ofSeconds(askAfterSeconds)).rootWait();
  }

  @Test
  void theRootsKeepIsToldBeforeTheOthersAsk() {
    assertEquals(AllocationSettings.DEFAULT.rootWait(), rootWait(30));
    assertEquals(Duration.ofMillis(1_250), rootWait(5));
    assertEquals(Duration.ofMillis(500), rootWait(2));
  }
}
