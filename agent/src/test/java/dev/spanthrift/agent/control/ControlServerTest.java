package dev.spanthrift.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlServerTest {
  private static final String NOTES = "notes of the admin port";

  @Test
  void itsFailuresAreCountedFromZeroOn(@TempDir Path directory) throws Exception {
    try (AdminPort unused = AdminPort.start(directory)) {
      Set<String> names = Set.of(NOTES, "end of boosts", "end of the report");
      assertTrue(Guarded.names().containsAll(names), () -> Guarded.names().toString());
    }
  }

  /** It is called between two steps of the books of money. */
  @Test
  void whatFailsInItsNotesIsCountedAndFailsHereOnly(@TempDir Path directory) throws Exception {
    try (AdminPort port = AdminPort.start(directory)) {
      long before = Guarded.failures().getOrDefault(NOTES, 0L);
      port.pipeline.measured =
          new AbstractList<>() {
            @Override
            public MeasuredOperation get(int index) {
              throw new IllegalStateException("scripted");
            }

            @Override
            public int size() {
              return 1;
            }
          };
      port.server.note(port.pipeline.status);
      assertEquals(before + 1, Guarded.failures().get(NOTES));
      port.pipeline.measured = java.util.List.of();
    }
  }
}
