package dev.spanthrift.agent.money;

import dev.spanthrift.sampler.budget.price.model.Money;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Currency;

/** What this process costs: processor time, and the memory that the JVM has taken, over time. */
final class OwnCost {
  private static final double HOUR_NANOS = 3.6e12;
  private static final double GB = 1e9;

  private final double cpuHour;
  private final double memoryGbHour;
  private final Currency currency;
  private Duration cpu = processor();

  OwnCost(BigDecimal cpuHour, BigDecimal memoryGbHour, Currency currency) {
    this.cpuHour = cpuHour.doubleValue();
    this.memoryGbHour = memoryGbHour.doubleValue();
    this.currency = currency;
  }

  /** Since the last call. */
  Money since(double elapsedNanos) {
    Duration now = processor();
    double processor = Math.max(0, now.minus(cpu).toNanos()) / HOUR_NANOS * cpuHour;
    double memory = committed() / GB * elapsedNanos / HOUR_NANOS * memoryGbHour;
    cpu = now;
    return new Money(BigDecimal.valueOf(processor + Math.max(0, memory)), currency);
  }

  private static Duration processor() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static double committed() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    return (double) memory.getHeapMemoryUsage().getCommitted()
        + memory.getNonHeapMemoryUsage().getCommitted();
  }
}
