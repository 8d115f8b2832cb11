package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.door.Stray;
import dev.spanthrift.agent.receive.loop.Age;
import dev.spanthrift.agent.receive.loop.Farewell;
import dev.spanthrift.agent.receive.loop.SweepClock;
import dev.spanthrift.agent.timer.Guarded;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.Objects;
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
  private final Door door;
  private final GrpcWords words;
  private final Runnable proven;
  private final SweepClock clock;
  private final int idleSweeps;
  private final FrameQueue out = new FrameQueue();
  private final GrpcCalls calls;
  private final GrpcFrames frames;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ScheduledFuture<?> silent; // until the client has begun to speak
  private @Nullable Age age;
  private boolean isProven;
  private @Nullable ChannelPromise closing; // when the last call is answered
  private boolean ended; // nothing is read any more
  private int lastUsedSweep;
  private long framesSwept;
  private int lastMovedSweep;
  private int lastStreamSwept; // calls are short: most begin and end between two sweeps

  GrpcConnection(ReceiveSettings settings, Door door, GrpcWords words, Runnable proven) {
    this.settings = settings;
    this.door = door;
    this.words = words;
    this.proven = proven;
    this.clock = new SweepClock("gRPC sweep", settings.requestTimeout(), this::sweep);
    this.calls = new GrpcCalls(settings, door, words, out, clock);
    this.frames = new GrpcFrames(settings, calls, out);
    this.idleSweeps = clock.sweeps(settings.idleTimeout());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    clock.start(ctx.executor());
    silent =
        ctx.executor()
            .schedule(
                Guarded.task("gRPC head time-out", () -> endSilent(ctx)),
                settings.headTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
    age = Age.of(settings, ctx, () -> ctx.channel().close());
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended = true;
    clock.cancel();
    if (silent != null) {
      silent.cancel(false);
    }
    if (age != null) {
      age.cancel();
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
        clock.moved();
        frames.read(in);
        learn();
      }
    } catch (Http2.Fault fault) {
      door.stray(
          Stray.BROKEN_FRAMES,
          "the connection of %s breaks HTTP/2 and ends: %s"
              .formatted(ctx.channel().remoteAddress(), fault.getMessage()));
      endWith(ctx, fault.code);
    } catch (Http2.Stranger stranger) {
      sendAway(ctx, stranger.kind);
    } finally {
      in.release();
    }
  }

  /** What the first frames of a client tell of it. */
  private void learn() {
    if (silent != null && frames.prefaceSeen()) {
      silent.cancel(false);
      silent = null;
    }
    if (!isProven && calls.hadRequest()) {
      isProven = true;
      proven.run();
    }
  }

  private void sendAway(ChannelHandlerContext ctx, Stray kind) {
    ended = true;
    out.release();
    String told = words.toStranger(kind);
    door.stray(kind, told);
    Farewell.send(ctx, Farewell.badRequest(ctx, told));
  }

  private void endSilent(ChannelHandlerContext ctx) {
    silent = null;
    if (!ended) {
      door.stray(
          Stray.SLOW_HEAD,
          "a connection from %s has not begun to speak within %d ms (listen.headTimeout)"
              .formatted(ctx.channel().remoteAddress(), settings.headTimeout().toMillis()));
      ended = true;
      ctx.close();
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
  private void sweep() {
    ChannelHandlerContext ctx = Objects.requireNonNull(context);
    boolean busy = !calls.isEmpty();
    boolean used = busy || calls.lastStream() != lastStreamSwept;
    lastStreamSwept = calls.lastStream();
    calls.sweep();
    if (used) {
      lastUsedSweep = clock.now();
      out.write(ctx);
      closeIfIdle(ctx);
    } else if (clock.now() - lastUsedSweep > idleSweeps) {
      ctx.channel().close();
    } else if (!frames.isMidway()) {
      clock.rest(lastUsedSweep + idleSweeps + 1 - clock.now());
    }
    endMidway(ctx);
  }

  /** A frame, or a header block, that does not come to its end. */
  private void endMidway(ChannelHandlerContext ctx) {
    if (!frames.isMidway() || frames.frames() != framesSwept) {
      framesSwept = frames.frames();
      lastMovedSweep = clock.now();
    } else if (!ended && clock.now() - lastMovedSweep > SweepClock.PER_TIMEOUT) {
      door.stray(Stray.SLOW_HEAD, "a frame did not come whole within listen.requestTimeout");
      endWith(ctx, Http2.NO_ERROR);
    }
  }
}
