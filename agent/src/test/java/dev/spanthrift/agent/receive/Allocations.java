package dev.spanthrift.agent.receive;

import com.sun.management.ThreadMXBean;
import dev.spanthrift.agent.receive.loop.Loops;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;

/** Heap bytes that an event loop has allocated, ever. */
public final class Allocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocations() {}

  /** What the only loop allocates while {@code work} runs. */
  public static long of(Loops loops, Callable<?> work) throws Exception {
    long before = allocated(loops);
    work.call();
    return allocated(loops) - before;
  }

  private static long allocated(Loops loops) throws Exception {
    Callable<Long> ask = () -> THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
    return loops.group().submit(ask).get();
  }
}
