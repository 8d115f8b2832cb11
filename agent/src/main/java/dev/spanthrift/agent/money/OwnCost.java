package dev.spanthrift.agent.money;

import dev.spanthrift.agent.timer.ProcessorTime;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.math.BigDecimal;
import java.util.Currency;

/** What this process costs: processor time, and the memory that the JVM has taken, over time. */
final class OwnCost {
  private static final double HOUR_NANOS = 3.6e12;
  private static final double GB = 1e9;
  private static final long UNKNOWN = -1; // until the first call: beans are slow to load at a start

  private final double cpuHour;
  private final double memoryGbHour;
  private final Currency currency;
  private long processorNanos = UNKNOWN;

  OwnCost(BigDecimal cpuHour, BigDecimal memoryGbHour, Currency currency) {
    this.cpuHour = cpuHour.doubleValue();
    this.memoryGbHour = memoryGbHour.doubleValue();
    this.currency = currency;
  }

  /** Since the last call. */
  Money since(double elapsedNanos) {
    long now = ProcessorTime.nanos();
    boolean isKnown = processorNanos >= 0 && now >= 0; // not every system tells
    long spent = isKnown ? Math.max(0, now - processorNanos) : 0;
    double processor = spent / HOUR_NANOS * cpuHour;
    double memory = committed() / GB * elapsedNanos / HOUR_NANOS * memoryGbHour;
    processorNanos = now;
    return new Money(BigDecimal.valueOf(processor + Math.max(0, memory)), currency);
  }

  private static double committed() {
    return (double) Beans.MEMORY.getHeapMemoryUsage().getCommitted()
        + Beans.MEMORY.getNonHeapMemoryUsage().getCommitted();
  }

  /** Found once: the search goes through all providers, a tenth of what 100 spans/s cost. */
  private static final class Beans {
    static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    private Beans() {}
  }
}
