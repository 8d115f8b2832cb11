package dev.spanthrift.agent.control.status;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the heap that a load has taken back to the system when the load is over.
 *
 * <p>The serial collector gives memory back in full collections alone, and those come when the heap
 * is full: never at rest. So one is asked for, once for each growth: after half a minute in which
 * nothing moved, or when a minute has brought no more than a quarter of the fullest one, and then
 * not twice in five minutes. Heavy load is never stopped for it.
 */
public final class HeapReturn {
  private static final Logger log = LoggerFactory.getLogger(HeapReturn.class);
  private static final HeapReturn OF_THIS_PROCESS = new HeapReturn(new OwnHeap());
  private static final long GROWN_BYTES = 6L << 20; // less is not worth a pause
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long UNDER_LOAD_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final int LITTLE = 4; // the part of the fullest minute that is little load

  private final Heap heap;
  private long left = -1; // committed after the last collection asked for, or at the first look
  private long movedNanos;
  private long minuteNanos;
  private long minuteBytes; // received until this minute began
  private long fullestMinute;
  private long askedNanos;
  private volatile Counts counts = new Counts(0, 0, 0);

  HeapReturn(Heap heap) {
    this.heap = heap;
  }

  /** What there is of it, and how it is collected. */
  interface Heap {
    long committedBytes();

    void collect();
  }

  /**
   * Since start.
   *
   * @param times collections asked for
   * @param bytes taken from the heap by them, given back to the system
   * @param millis that they took, in which nothing else ran
   */
  public record Counts(long times, long bytes, long millis) {}

  private static final class OwnHeap implements Heap {
    @Override
    public long committedBytes() {
      return Runtime.getRuntime().totalMemory();
    }

    @Override
    public void collect() {
      Runtime.getRuntime().gc();
    }
  }

  /** The heap is one, whoever runs in the process. */
  public static HeapReturn ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /** Any thread. */
  public Counts counts() {
    return counts;
  }

  /**
   * Looks whether it is time; call once a second while something moves, else every ten.
   *
   * @param moved whether something did since the last call
   * @param receivedBytes since start
   */
  public synchronized void look(boolean moved, long receivedBytes, long now) {
    if (left < 0) {
      left = heap.committedBytes();
      minuteNanos = now;
      minuteBytes = receivedBytes;
      askedNanos = now - UNDER_LOAD_NANOS;
      movedNanos = now;
    }
    if (moved) {
      movedNanos = now;
    }
    boolean little = isLittle(receivedBytes, now);
    boolean rested = now - movedNanos >= REST_NANOS;
    boolean may = rested || (little && now - askedNanos >= UNDER_LOAD_NANOS);
    if (may && heap.committedBytes() - left >= GROWN_BYTES) {
      collect(now);
    }
  }

  /** Whether a minute ends with this look that brought little beside the fullest one. */
  private boolean isLittle(long receivedBytes, long now) {
    if (now - minuteNanos < MINUTE_NANOS) {
      return false;
    }
    long minute = receivedBytes - minuteBytes;
    minuteNanos = now;
    minuteBytes = receivedBytes;
    fullestMinute = Math.max(fullestMinute, minute);
    return minute <= fullestMinute / LITTLE;
  }

  private void collect(long now) {
    long before = heap.committedBytes();
    long began = System.nanoTime();
    heap.collect();
    long millis = (System.nanoTime() - began) / 1_000_000;
    left = heap.committedBytes();
    askedNanos = now;
    fullestMinute = 0;
    Counts was = counts;
    counts =
        new Counts(
            was.times() + 1, was.bytes() + Math.max(0, before - left), was.millis() + millis);
    if (was.times() == 0) {
      log.info(
          "the load is over: a collection of {} ms made the heap {} MiB instead of {}",
          millis,
          left >> 20,
          before >> 20);
    }
  }
}
