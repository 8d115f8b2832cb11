package dev.spanthrift.agent.timer;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Time that processors have worked for this process. */
public final class ProcessorTime {
  /** Where the system does not tell, and before it was asked. */
  private static final long UNKNOWN = -1;

  private long seenNanos = UNKNOWN;
  private long atNanos;

  /**
   * By one system call where it can be: a process handle reads and parses files, once a second.
   *
   * @return negative where the system does not tell
   */
  public static long nanos() {
    return Beans.SYSTEM instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(UNKNOWN);
  }

  /** How many worked on average since the last call; null at the first, and where it is unknown. */
  public @Nullable Double since(long nowNanos) {
    return since(nanos(), nowNanos);
  }

  synchronized @Nullable Double since(long usedNanos, long nowNanos) {
    long elapsed = nowNanos - atNanos;
    Double used =
        seenNanos < 0 || usedNanos < 0 || elapsed <= 0
            ? null
            : Double.valueOf((double) Math.max(0, usedNanos - seenNanos) / elapsed);
    seenNanos = usedNanos;
    atNanos = nowNanos;
    return used;
  }

  /** Found once: the search goes through all providers, a tenth of what 100 spans/s cost. */
  private static final class Beans {
    static final OperatingSystemMXBean SYSTEM = ManagementFactory.getOperatingSystemMXBean();

    private Beans() {}
  }
}
