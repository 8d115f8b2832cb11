package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.timer.Guarded;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection may last, so that clients come to know replicas that are new.
 *
 * <p>A tenth more or less by chance, because connections that began together should not end so.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
public final class Age {
  private static final double SPREAD = .1;

  private ScheduledFuture<?> next;

  private Age(ReceiveSettings settings, Duration max, ChannelHandlerContext ctx, Runnable grewOld) {
    double factor = 1 + SPREAD * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    next =
        ctx.executor()
            .schedule(
                Guarded.task(
                    "connection age",
                    () -> {
                      next = cut(settings.connectionAgeGrace(), ctx);
                      grewOld.run();
                    }),
                (long) (max.toMillis() * factor),
                TimeUnit.MILLISECONDS);
  }

  /** Tells {@code grewOld} in time, and cuts the connection a while later; null without a bound. */
  public static @Nullable Age of(
      ReceiveSettings settings, ChannelHandlerContext ctx, Runnable grewOld) {
    Duration max = settings.connectionAgeMax();
    return max == null ? null : new Age(settings, max, ctx, grewOld);
  }

  private static ScheduledFuture<?> cut(Duration grace, ChannelHandlerContext ctx) {
    // From the first handler outwards: not through one that waits for its requests.
    return ctx.executor()
        .schedule(
            Guarded.task("connection age", () -> ctx.pipeline().firstContext().close()),
            grace.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** The connection has ended. */
  public void cancel() {
    next.cancel(false);
  }
}
