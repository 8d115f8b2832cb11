package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.timer.Guarded;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/2 connection of a gRPC client.
 *
 * <p>Own, and only what unary calls need, because Netty's general HTTP/2 takes as long as all the
 * rest of a small request (RATIONALE.md); header blocks are decoded by Netty's HPACK. All on the
 * connection's event loop. Bytes are given back to the client's windows as they are copied: memory
 * is bounded by {@link Door#admit} and {@link Door#charge}, not by windows. A client that does not
 * read its answers is not read either.
 */
final class GrpcConnection extends ChannelDuplexHandler {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcConnection.class);

  private final ReceiveSettings settings;
  private final Duration sweepInterval;
  private final int idleSweeps;
  private final FrameQueue out = new FrameQueue();
  private final GrpcCalls calls;
  private final GrpcFrames frames;
  private @Nullable ScheduledFuture<?> sweeping;
  private @Nullable ChannelPromise closing; // when the last call is answered
  private boolean ended; // nothing is read any more
  private int sweeps;
  private int lastUsedSweep;
  private int lastStreamSwept; // calls are short: most begin and end between two sweeps

  GrpcConnection(ReceiveSettings settings, Door door) {
    this.settings = settings;
    this.calls = new GrpcCalls(settings, door, out);
    this.frames = new GrpcFrames(settings, calls, out);
    this.sweepInterval = settings.requestTimeout().dividedBy(GrpcCalls.SWEEPS_PER_TIMEOUT);
    this.idleSweeps =
        (int)
            Math.max(1, settings.idleTimeout().toMillis() / Math.max(1, sweepInterval.toMillis()));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ByteBuf first = out.frames();
    Http2.header(first, 3 * Http2.SETTING_BYTES, Http2.SETTINGS, 0, 0);
    first.writeShort(Http2.MAX_CONCURRENT_STREAMS).writeInt(settings.maxStreams());
    first.writeShort(Http2.INITIAL_WINDOW_SIZE).writeInt(FrameReader.STREAM_WINDOW_BYTES);
    first.writeShort(Http2.MAX_HEADER_LIST_SIZE).writeInt(settings.maxHeaderBytes());
    Http2.windowUpdate(first, 0, FrameReader.CONNECTION_WINDOW_BYTES - Http2.DEFAULT_WINDOW_BYTES);
    out.write(ctx);
    long interval = Math.max(1, sweepInterval.toMillis());
    sweeping =
        ctx.executor()
            .scheduleAtFixedRate(
                Guarded.task("gRPC sweep", () -> sweep(ctx)),
                interval,
                interval,
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended = true;
    if (sweeping != null) {
      sweeping.cancel(false);
    }
    calls.end();
    out.release();
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (!ended) {
        frames.read(in);
      }
    } catch (Http2.Fault fault) {
      LOG.debug("Connection {} ends: {}", ctx.channel(), fault.getMessage());
      endWith(ctx, fault.code);
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    out.write(ctx);
    closeIfIdle(ctx);
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("Connection {} ends", ctx.channel(), cause);
    ended = true;
    ctx.close();
  }

  /** Says GOAWAY, lets running calls finish, and closes. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (ended || !ctx.channel().isActive() || closing != null) {
      ctx.close(promise);
      return;
    }
    Http2.goAway(out.frames(), calls.lastStream(), Http2.NO_ERROR);
    out.write(ctx);
    calls.takeNoMore();
    closing = promise;
    closeIfIdle(ctx);
  }

  private void closeIfIdle(ChannelHandlerContext ctx) {
    ChannelPromise promise = closing;
    if (promise != null && !ended && calls.isEmpty()) {
      ended = true;
      ctx.close(promise);
    }
  }

  private void endWith(ChannelHandlerContext ctx, int code) {
    ended = true;
    Http2.goAway(out.frames(), calls.lastStream(), code);
    out.write(ctx);
    ctx.close();
  }

  /** Ends requests that take too long, and connections that nobody uses. */
  private void sweep(ChannelHandlerContext ctx) {
    sweeps++;
    boolean busy = !calls.isEmpty();
    boolean used = busy || calls.lastStream() != lastStreamSwept;
    lastStreamSwept = calls.lastStream();
    calls.sweep();
    if (used) {
      lastUsedSweep = sweeps;
      out.write(ctx);
      closeIfIdle(ctx);
    } else if (sweeps - lastUsedSweep > idleSweeps
        || (!frames.prefaceSeen() && sweeps > GrpcCalls.SWEEPS_PER_TIMEOUT)) {
      ctx.channel().close();
    }
  }
}
