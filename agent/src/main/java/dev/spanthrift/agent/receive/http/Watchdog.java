package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.timer.Guarded;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which a request takes too long to arrive, or on which nothing happens.
 *
 * <p>Sees bytes, not requests: a request is on its way from the first byte read to the next flush.
 * Time is counted in sweeps of one timer per connection, so that a request costs two assignments.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
final class Watchdog extends ChannelDuplexHandler {
  private static final int SWEEPS_PER_TIMEOUT = 4;

  private final long intervalMillis;
  private final int idleSweeps;
  private boolean waiting;
  private int since;
  private int sweeps;
  private @Nullable ScheduledFuture<?> sweeping;

  Watchdog(ReceiveSettings settings) {
    this.intervalMillis = Math.max(1, settings.requestTimeout().toMillis() / SWEEPS_PER_TIMEOUT);
    this.idleSweeps = (int) Math.max(1, settings.idleTimeout().toMillis() / intervalMillis);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    sweeping =
        ctx.executor()
            .scheduleAtFixedRate(
                Guarded.task("HTTP sweep", () -> sweep(ctx)),
                intervalMillis,
                intervalMillis,
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (sweeping != null) {
      sweeping.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!waiting) {
      waiting = true;
      since = sweeps;
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    waiting = false;
    since = sweeps;
    ctx.flush();
  }

  private void sweep(ChannelHandlerContext ctx) {
    sweeps++;
    if (sweeps - since > (waiting ? SWEEPS_PER_TIMEOUT : idleSweeps)) {
      ctx.close();
    }
  }
}
