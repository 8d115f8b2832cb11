package dev.spanthrift.agent.pipeline;

import dev.spanthrift.agent.timer.Guarded;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Rings once, at the time asked for last. Guarded by the pipeline's lock. */
interface TickTimer {
  /** Of a pipeline that others tick. */
  TickTimer NONE =
      new TickTimer() {
        @Override
        public void at(long delayNanos) {}

        @Override
        public void never() {}
      };

  void at(long delayNanos);

  void never();

  /** On the event loop, where an alarm is cheap to move. */
  final class OnLoop implements TickTimer {
    private final ScheduledExecutorService loop;
    private final Guarded tick;
    private @Nullable Future<?> armed;

    OnLoop(ScheduledExecutorService loop, Runnable tick) {
      this.loop = loop;
      this.tick = Guarded.task("tick", tick);
    }

    @Override
    public void at(long delayNanos) {
      never();
      if (!loop.isShutdown()) {
        armed = loop.schedule(tick, delayNanos, TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public void never() {
      if (armed != null) {
        armed.cancel(false);
        armed = null;
      }
    }
  }
}
