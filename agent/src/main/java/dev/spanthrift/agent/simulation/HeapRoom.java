package dev.spanthrift.agent.simulation;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the heap has room for a what-if beside what runs in it.
 *
 * <p>A heap that is full ends the process, so nobody may ask more of it than is free. What is
 * garbage is only known after a collection, for which a question may ask once in a while.
 */
public final class HeapRoom {
  /** Measured: 125 bytes with six spans a trace, 150 with one, and as much again while it grows. */
  private static final long SPAN_BYTES = 200;

  /** Measured: to restore 26 kB takes 227 kB, trial tables among them; 51 kB of it stay. */
  private static final long LEARNED_TIMES = 9;

  private static final long OWN_BYTES = 8L << 20;
  private static final long SPARE_BYTES = 4L << 20; // for requests that come meanwhile
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A question that does not fit. */
  public record Lack(long spans, long neededMiB, long freeMiB) {}

  private final LongSupplier freeBytes;
  private final Runnable collector;
  private final LongSupplier clock;
  private long mayCollect;

  /** Of this process. */
  public HeapRoom() {
    this(HeapRoom::free, System::gc, System::nanoTime);
  }

  HeapRoom(LongSupplier freeBytes, Runnable collector, LongSupplier clock) {
    this.freeBytes = freeBytes;
    this.collector = collector;
    this.clock = clock;
    mayCollect = clock.getAsLong();
  }

  private static long free() {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    return heap.getMax() < 0 ? Long.MAX_VALUE : heap.getMax() - heap.getUsed();
  }

  /** Whether what runs beside a question may soon lack memory, so that the question must end. */
  public synchronized boolean isTight() {
    if (freeBytes.getAsLong() < SPARE_BYTES && clock.getAsLong() - mayCollect >= 0) {
      collector.run();
      mayCollect = clock.getAsLong() + PAUSE_NANOS;
      return freeBytes.getAsLong() < SPARE_BYTES;
    }
    return false;
  }

  /** Why a question over so many spans cannot be asked now; nothing when it can. */
  public synchronized @Nullable Lack lack(long spans) {
    long needed = needed(spans);
    if (freeBytes.getAsLong() < needed && clock.getAsLong() - mayCollect >= 0) {
      collector.run();
      mayCollect = clock.getAsLong() + PAUSE_NANOS;
    }
    return lackNow(spans, 0);
  }

  private static long needed(long spans) {
    return OWN_BYTES + SPAN_BYTES * spans + SPARE_BYTES;
  }

  /**
   * The same without a collection, for an answer that may not wait for one.
   *
   * @param learnedBytes of a snapshot that the question begins with
   */
  public @Nullable Lack lackNow(long spans, long learnedBytes) {
    long needed = needed(spans) + LEARNED_TIMES * learnedBytes;
    long free = freeBytes.getAsLong();
    return free >= needed ? null : new Lack(spans, needed >> 20, free >> 20);
  }
}
