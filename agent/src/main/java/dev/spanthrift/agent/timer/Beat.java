package dev.spanthrift.agent.timer;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A task that runs once a second while something moves, and seldom or never while nothing does.
 *
 * <p>At rest it runs at whole multiples of the rest's length by the wall, because billing periods
 * end there. Race: what moves is counted before {@link #wake} is called, and {@link #resting} is
 * set before the task reads the counts, so either the task sees the move or the call sees the rest.
 */
public final class Beat {
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ScheduledExecutorService timer;
  private final BooleanSupplier task;
  private final @Nullable Duration rest;
  private final LongSupplier wallMillis;
  private final Guarded guarded;
  private volatile boolean resting;
  private boolean woken;
  private boolean running;
  private @Nullable Future<?> next;

  /**
   * @param rest between two runs while nothing moves; null: none then
   * @param task says whether something moved
   */
  public Beat(
      String name, ScheduledExecutorService timer, @Nullable Duration rest, BooleanSupplier task) {
    this(name, timer, rest, task, System::currentTimeMillis);
  }

  Beat(
      String name,
      ScheduledExecutorService timer,
      @Nullable Duration rest,
      BooleanSupplier task,
      LongSupplier wallMillis) {
    this.wallMillis = wallMillis;
    this.timer = timer;
    this.rest = rest;
    this.task = task;
    guarded = Guarded.task(name, this::beat);
  }

  /** Begins with a run after this time. */
  public synchronized void start(Duration delay) {
    next = timer.schedule(guarded, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Something moves again; any thread, and cheap unless it is so. */
  public void wake() {
    if (resting) {
      wakeUp();
    }
  }

  private synchronized void wakeUp() {
    if (!resting) {
      return;
    }
    resting = false;
    woken = true;
    if (!running && !timer.isShutdown()) {
      if (next != null) {
        next.cancel(false);
      }
      next = timer.schedule(guarded, 0, TimeUnit.NANOSECONDS);
    }
  }

  private void beat() {
    synchronized (this) {
      running = true;
      woken = false;
      resting = true;
    }
    boolean moved = true; // a run that fails says nothing
    try {
      moved = task.getAsBoolean();
    } finally {
      again(moved);
    }
  }

  private synchronized void again(boolean moved) {
    running = false;
    resting = !moved && !woken;
    next = null;
    if (timer.isShutdown()) {
      return;
    }
    if (!resting) {
      next = timer.schedule(guarded, SECOND_NANOS, TimeUnit.NANOSECONDS);
    } else if (rest != null) {
      long millis = rest.toMillis();
      long left = millis - wallMillis.getAsLong() % millis;
      next = timer.schedule(guarded, left, TimeUnit.MILLISECONDS);
    }
  }
}
