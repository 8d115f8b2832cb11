package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.door.Stray;
import dev.spanthrift.agent.receive.loop.Age;
import dev.spanthrift.agent.receive.loop.Farewell;
import dev.spanthrift.agent.receive.loop.SweepClock;
import dev.spanthrift.agent.timer.Guarded;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the HTTP port: its protocol, and its times.
 *
 * <p>Sees bytes, not requests: something is on its way from the first byte read to the next write.
 * Time is counted in sweeps of one timer per connection, so that a request costs two assignments.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closing: nothing is left to do if it fails
final class HttpConnection extends ChannelDuplexHandler {
  private final ReceiveSettings settings;
  private final Door door;
  private final HttpReplies replies;
  private final Runnable proven;
  private final SweepClock clock;
  private final int idleSweeps;
  private final Set<HttpRequests> streams = new LinkedHashSet<>(); // one, or those of HTTP/2
  private boolean waiting;
  private int since;
  private @Nullable ChannelHandlerContext context;
  private boolean hadRequest;
  private boolean old;
  private boolean leaving; // by our will
  private @Nullable ScheduledFuture<?> firstHead;
  private @Nullable Age age;

  HttpConnection(ReceiveSettings settings, Door door, HttpReplies replies, Runnable proven) {
    this.settings = settings;
    this.door = door;
    this.replies = replies;
    this.proven = proven;
    this.clock = new SweepClock("HTTP sweep", settings.requestTimeout(), this::sweep);
    this.idleSweeps = clock.sweeps(settings.idleTimeout());
  }

  int sweeps() {
    return clock.now();
  }

  /** Whether a request that began then has taken too long. */
  boolean isOverdue(int begun) {
    return clock.now() - begun > SweepClock.PER_TIMEOUT;
  }

  /** Whether the next answer is to be the last. */
  boolean isOld() {
    return old;
  }

  /** A whole head has come. */
  void headCame() {
    if (firstHead != null) {
      firstHead.cancel(false);
      firstHead = null;
    }
  }

  /** The client has gone amid a head. */
  void headCut() {
    if (!leaving) {
      door.stray(Stray.CUT_HEAD, "a connection ended amid a head");
    }
  }

  /** A whole request has come. */
  void requestCame() {
    if (!hadRequest) {
      hadRequest = true;
      proven.run();
    }
  }

  void add(HttpRequests stream) {
    streams.add(stream);
  }

  void remove(HttpRequests stream) {
    streams.remove(stream);
  }

  void http1(ChannelPipeline pipeline) {
    pipeline
        .addLast(
            new HttpServerCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(settings.maxHeaderBytes())
                    .setMaxHeaderSize(settings.maxHeaderBytes())
                    .setAllowDuplicateContentLengths(false)))
        .addLast(new HttpRequests(this, door, replies, false));
  }

  void http2(ChannelPipeline pipeline) {
    pipeline
        .addLast(
            Http2FrameCodecBuilder.forServer()
                .initialSettings(
                    Http2Settings.defaultSettings()
                        .maxConcurrentStreams(settings.maxStreams())
                        .maxHeaderListSize(settings.maxHeaderBytes()))
                .build())
        .addLast(
            new Http2MultiplexHandler(
                new ChannelInitializer<Http2StreamChannel>() {
                  @Override
                  protected void initChannel(Http2StreamChannel stream) {
                    stream
                        .pipeline()
                        .addLast(new Http2StreamFrameToHttpObjectCodec(true))
                        .addLast(new HttpRequests(HttpConnection.this, door, replies, true));
                  }
                }));
  }

  /** Answers who has come to the wrong port or in the wrong way. */
  void sendAway(ChannelHandlerContext ctx, Stray kind, String words) {
    headCame();
    door.stray(kind, words);
    Farewell.send(ctx, Farewell.badRequest(ctx, words));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    clock.start(ctx.executor());
    firstHead =
        ctx.executor()
            .schedule(
                Guarded.task("HTTP head time-out", () -> endSilent(ctx)),
                settings.headTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
    age = Age.of(settings, ctx, () -> grewOld(ctx));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    headCame();
    clock.cancel();
    if (age != null) {
      age.cancel();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    handlerRemoved(ctx);
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    clock.moved();
    if (!waiting) {
      waiting = true;
      since = clock.now();
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    waiting = false;
    since = clock.now();
    ctx.write(message, promise);
  }

  private void sweep() {
    ChannelHandlerContext ctx = Objects.requireNonNull(context);
    new ArrayList<>(streams).forEach(HttpRequests::sweep);
    int most = waiting ? SweepClock.PER_TIMEOUT : idleSweeps;
    int left = since + most + 1 - clock.now();
    if (left > 0 && streams.stream().noneMatch(HttpRequests::isBusy)) {
      clock.rest(left);
    }
    if (left <= 0) {
      leaving = true;
      if (waiting && streams.stream().noneMatch(HttpRequests::isBusy)) {
        door.stray(Stray.SLOW_HEAD, "a head did not come whole within listen.requestTimeout");
      }
      ctx.close();
    }
  }

  private void endSilent(ChannelHandlerContext ctx) {
    firstHead = null;
    leaving = true;
    door.stray(
        Stray.SLOW_HEAD,
        "a connection from %s has sent no whole head within %d ms (listen.headTimeout)"
            .formatted(ctx.channel().remoteAddress(), settings.headTimeout().toMillis()));
    ctx.close();
  }

  /** HTTP/2 has a word for it; in HTTP/1.1 the next answer says so. */
  private void grewOld(ChannelHandlerContext ctx) {
    old = true;
    if (ctx.pipeline().get(Http2MultiplexHandler.class) != null) {
      ctx.channel().close();
    }
  }
}
