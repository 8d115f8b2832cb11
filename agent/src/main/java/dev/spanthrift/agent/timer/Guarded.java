package dev.spanthrift.agent.timer;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task of a timer that may fail and is run again all the same.
 *
 * <p>A scheduler forgets a task that throws once, without a word. Here each failure is counted by
 * the task's name, and the first of each minute is logged with its stack. Every task that is given
 * to a timer goes through here (a test looks).
 */
public final class Guarded implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Guarded.class);
  private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Map<String, Guarded.Failures> FAILURES = new ConcurrentHashMap<>();

  private final Failures failures;
  private final String name;
  private final Runnable task;

  private Guarded(String name, Runnable task) {
    this.name = name;
    this.task = task;
    failures = FAILURES.computeIfAbsent(name, unused -> new Failures());
  }

  /** Of all tasks with one name: a connection's timer has many. */
  private static final class Failures {
    final AtomicLong count = new AtomicLong();
    final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    boolean mayBeSaid(long now) {
      long until = quietUntil.get();
      return now - until >= 0 && quietUntil.compareAndSet(until, now + SILENCE_NANOS);
    }
  }

  /**
   * Guards a task.
   *
   * @param name one of a few, for people: it becomes a label
   */
  public static Guarded task(String name, Runnable task) {
    return new Guarded(name, task);
  }

  /** How often each task has failed since start; those that never did are missing. */
  public static Map<String, Long> failures() {
    Map<String, Long> read = new TreeMap<>();
    FAILURES.forEach(
        (name, failures) -> {
          if (failures.count.get() > 0) {
            read.put(name, failures.count.get());
          }
        });
    return read;
  }

  @Override
  public void run() {
    try {
      task.run();
    } catch (Throwable e) { // an Error ends a timer as well as an exception does
      long count = failures.count.incrementAndGet();
      if (failures.mayBeSaid(System.nanoTime())) {
        log.error("{} failed and goes on (failure {} since start)", name, count, e);
      }
    }
  }
}
