package dev.spanthrift.bench.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.trace.Fragment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Fleets of four services whose traces have a fragment in each. */
class LargeFleetTest {
  private static final int SERVICES = 4;
  private static final int PODS = 20;

  private static RecordedColumns recording() {
    RecordedColumns recording = new RecordedColumns();
    for (int trace = 0; trace < 60; trace++) {
      for (int service = 0; service < SERVICES; service++) {
        recording.beginPart("service-" + service, trace * 1_000_000_000L);
        byte[] name = ("get-" + trace % 6).getBytes(StandardCharsets.UTF_8);
        int span = recording.addSpan();
        recording.trace[span] = recording.traceOf(1, trace + 1);
        recording.spanId[span] = service + 1;
        recording.parentId[span] = service;
        recording.startNanos[span] = trace * 1_000_000_000L;
        recording.durationNanos[span] = 1_000_000L * (1 + trace % 7);
        recording.operation[span] = recording.operations.intern(service, name, 0, name.length);
        recording.flags[span] = Fragment.LOCAL_ROOT;
        recording.bytes[span] = 500;
      }
    }
    return recording;
  }

  private static FleetHistory run(AllocationSettings settings, int podsAssumed) {
    return new LargeFleet(recording(), PODS, 2, settings, podsAssumed, 1).run(600);
  }

  @Test
  void keepsWholeTracesWithTwoOperationsAFragmentInsideTheAllowance() {
    FleetHistory fleet = run(AllocationSettings.DEFAULT, PODS);
    assertTrue(fleet.kept() > 300, "kept " + fleet.kept());
    assertEquals(1, fleet.whole());
    assertEquals(2, fleet.load(true).visitsAFragment(), .15);
    assertTrue(fleet.used() > .8 && fleet.used() < 1.01, "used " + fleet.used());
    assertEquals(0, fleet.refused());
  }

  @Test
  void withoutShapesOneOperationIsEnough() {
    FleetHistory fleet = run(AllocationSettings.DEFAULT.withoutShape(), PODS);
    assertEquals(1, fleet.whole());
    assertTrue(fleet.load(true).visitsAFragment() <= 1.2, "" + fleet.load(true).visitsAFragment());
    assertTrue(fleet.used() < 1.01, "used " + fleet.used());
  }
}
