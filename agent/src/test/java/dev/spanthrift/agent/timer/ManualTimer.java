package dev.spanthrift.agent.timer;

import java.util.PriorityQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A timer whose time is moved by hand; tasks run on the caller's thread. */
final class ManualTimer extends ScheduledThreadPoolExecutor {
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  long now;

  ManualTimer() {
    super(0);
  }

  private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
    final long due;

    Task(Runnable task, long due) {
      super(task, null);
      this.due = due;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - now, TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(due, ((Task) other).due);
    }
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    Task task = new Task(command, now + unit.toNanos(delay));
    tasks.add(task);
    return task;
  }

  void pass(long nanos) {
    long end = now + nanos;
    for (Task next = tasks.peek(); next != null && next.due <= end; next = tasks.peek()) {
      tasks.remove();
      now = Math.max(now, next.due);
      next.run(); // does nothing once cancelled
    }
    now = end;
  }
}
