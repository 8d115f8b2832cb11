package dev.spanthrift.agent.timer;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Keeps an event loop asleep while it has nothing to do.
 *
 * <p>Netty's loops wake once a second as long as no task is scheduled on them ({@code
 * SCHEDULE_PURGE_INTERVAL}); one that never comes ends that.
 */
public final class LongSleep {
  private static final Guarded NEVER = Guarded.task("long sleep", () -> {});

  private LongSleep() {}

  public static void of(EventExecutor loop) {
    var _ = loop.schedule(NEVER, 36_500, TimeUnit.DAYS);
  }
}
