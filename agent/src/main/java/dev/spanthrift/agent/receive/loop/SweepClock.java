package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.timer.Guarded;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time of one connection, in sweeps: what it knows of a request's age costs no look at a clock.
 *
 * <p>While nothing is under way it rests until the moment at which an idle connection ends, and
 * goes on when something is read. Belongs to the connection's event loop.
 */
public final class SweepClock {
  /** Sweeps that a request may take. */
  public static final int PER_TIMEOUT = 4;

  private final long intervalNanos;
  private final Guarded sweep;
  private @Nullable EventExecutor loop;
  private @Nullable ScheduledFuture<?> next;
  private int now;
  private int ahead; // sweeps that are skipped until the next one
  private long restedSince;

  public SweepClock(String name, Duration requestTimeout, Runnable sweep) {
    intervalNanos = Math.max(1_000_000, requestTimeout.toNanos() / PER_TIMEOUT);
    this.sweep = Guarded.task(name, () -> ring(sweep));
  }

  public void start(EventExecutor on) {
    loop = on;
    schedule(1);
  }

  /** The number of the last sweep. */
  public int now() {
    return now;
  }

  /** So many sweeps are as long as this. */
  public int sweeps(Duration time) {
    return (int) Math.max(1, time.toNanos() / intervalNanos);
  }

  /** Called by a sweep that found nothing under way: the next one is that many later. */
  public void rest(int sweeps) {
    ahead = sweeps;
  }

  /** Something was read. */
  public void moved() {
    if (restedSince != 0) {
      cancel();
      now += (int) Math.min(ahead - 1, (System.nanoTime() - restedSince) / intervalNanos);
      restedSince = 0;
      schedule(1);
    }
  }

  private void ring(Runnable task) {
    now += restedSince == 0 ? 1 : ahead;
    restedSince = 0;
    ahead = 1;
    task.run();
    if (next != null) {
      if (ahead > 1) {
        restedSince = System.nanoTime() | 1; // 0 means: not at rest
      }
      schedule(ahead);
    }
  }

  private void schedule(int sweeps) {
    if (loop != null && !loop.isShuttingDown()) {
      next = loop.schedule(sweep, sweeps * intervalNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** The connection has ended. */
  public void cancel() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }
}
