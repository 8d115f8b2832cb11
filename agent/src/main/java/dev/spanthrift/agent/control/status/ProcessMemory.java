package dev.spanthrift.agent.control.status;

import dev.spanthrift.agent.config.settings.MemoryPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How much memory this process takes. */
public final class ProcessMemory {
  private static final Path LINUX = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";

  private ProcessMemory() {}

  static StatusBody.Memory read() {
    Runtime runtime = Runtime.getRuntime();
    MemoryPlan plan = MemoryPlan.ofThisProcess();
    return new StatusBody.Memory(
        runtime.totalMemory() - runtime.freeMemory(),
        runtime.maxMemory(),
        runtime.totalMemory(),
        HeapReturn.ofThisProcess().counts(),
        residentBytes(),
        plan == null ? null : plan.memory() << 20);
  }

  /** In RAM; null where the system does not tell. */
  public static @Nullable Long residentBytes() {
    if (!Files.isReadable(LINUX)) {
      return null;
    }
    try (Stream<String> lines = Files.lines(LINUX)) {
      return lines
          .filter(line -> line.startsWith(RESIDENT))
          .map(line -> line.replaceAll("\\D", ""))
          .map(kibibytes -> Long.parseLong(kibibytes) * 1024)
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null; // not every kernel tells; the figure is left out then
    }
  }
}
