package dev.spanthrift.agent.config.settings;

import org.jspecify.annotations.Nullable;

/**
 * How a process that may take this much memory divides it; all in MiB.
 *
 * <p>The launcher computes the same before there is a JVM (plan_memory), because a heap cannot be
 * set later; {@code LauncherTest} holds both against each other.
 *
 * @param direct buffers of sockets
 * @param others classes, malloc, the JVM itself and the files it maps
 */
public record MemoryPlan(long memory, long heap, long direct, long code, long stacks, long others) {
  private static final String PROPERTY = "spanthrift.memory";
  private static final long HEAP_LEAST = 24;
  private static final long DIRECT_LEAST = 16;
  private static final long CODE = 24;
  private static final long STACKS = 8;
  private static final long OTHERS = 88; // and what grows with the heap: card tables, malloc

  public static MemoryPlan of(long memory) {
    long direct = Math.max(DIRECT_LEAST, memory / 10);
    long others = OTHERS + memory / 16;
    long heap = Math.max(HEAP_LEAST, memory - direct - CODE - STACKS - others);
    return new MemoryPlan(memory, heap, direct, CODE, STACKS, others);
  }

  /** What this process was started with; null where the launcher did not start it. */
  public static @Nullable MemoryPlan ofThisProcess() {
    Long memory = Long.getLong(PROPERTY);
    return memory == null ? null : of(memory);
  }

  /** Whether all is within the memory, with the heap that there really is. */
  public boolean fits(long heapBytes) {
    return (heapBytes >> 20) + direct + code + stacks + others <= memory;
  }

  /** In words, with the heap that there really is: JVM options may have set another. */
  public String words(long heapBytes) {
    return (heapBytes >> 20)
        + " MiB heap, "
        + direct
        + " buffers of sockets, "
        + code
        + " code, "
        + stacks
        + " stacks, "
        + others
        + " classes, malloc and the JVM itself";
  }
}
