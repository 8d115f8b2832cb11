package dev.spanthrift.agent.receive;

import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/2 connection of a gRPC client.
 *
 * <p>Netty keeps the protocol (frames, HPACK, flow control, limits against floods); this class
 * keeps the calls. All on the connection's event loop. Bytes are given back to the flow control as
 * they are copied: memory is bounded by {@link Door#admit} and {@link Door#charge}, not by windows.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends the connection by itself
final class GrpcConnection extends Http2ConnectionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcConnection.class);
  private static final int STREAM_WINDOW_BYTES = 1 << 20;
  private static final int CONNECTION_WINDOW_BYTES = 4 << 20;

  /** Clients reset what is refused before it was sent whole: overload is no attack. */
  private static final int MAX_RESETS = 2_000;

  private static final int RESET_WINDOW_SECONDS = 30;

  /** A request's age is counted in sweeps, because a clock per request would cost more. */
  private static final int SWEEPS_PER_TIMEOUT = 4;

  private final Door door;
  private final Duration sweepInterval;
  private final int idleSweeps;
  private final PropertyKey callKey;
  private int sweeps;
  private int lastBusySweep;

  /** The next header block must say so to the client's HPACK table: only Netty's encoder can. */
  private boolean settingsChanged = true;

  private @Nullable ScheduledFuture<?> sweeping;

  private GrpcConnection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings initial,
      ReceiveSettings settings,
      Door door) {
    super(decoder, encoder, initial);
    this.door = door;
    this.sweepInterval = settings.requestTimeout().dividedBy(SWEEPS_PER_TIMEOUT);
    this.idleSweeps =
        (int)
            Math.max(1, settings.idleTimeout().toMillis() / Math.max(1, sweepInterval.toMillis()));
    this.callKey = connection().newKey();
    connection().addListener(new Closing());
  }

  static GrpcConnection create(ReceiveSettings settings, Door door) {
    return new Builder(settings, door).build();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    decoder()
        .flowController()
        .incrementWindowSize(connection().connectionStream(), CONNECTION_WINDOW_BYTES);
    ctx.flush();
    long interval = Math.max(1, sweepInterval.toMillis());
    sweeping =
        ctx.executor()
            .scheduleAtFixedRate(() -> sweep(ctx), interval, interval, TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (sweeping != null) {
      sweeping.cancel(false);
    }
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (cause instanceof Http2Exception || cause.getCause() instanceof Http2Exception) {
      super.exceptionCaught(ctx, cause);
      return;
    }
    LOG.debug("Connection {} ends", ctx.channel(), cause);
    ctx.close(); // not channel.close(): nobody is left to say GOAWAY to
  }

  /** Ends requests that take too long, and connections that nobody uses. */
  private void sweep(ChannelHandlerContext ctx) {
    sweeps++;
    if (connection().numActiveStreams() > 0) {
      lastBusySweep = sweeps;
      endSlowCalls(ctx);
    } else if (sweeps - lastBusySweep > idleSweeps
        || (!decoder().prefaceReceived() && sweeps > SWEEPS_PER_TIMEOUT)) {
      ctx.channel().close();
    }
  }

  private void endSlowCalls(ChannelHandlerContext ctx) {
    try {
      connection()
          .forEachActiveStream(
              stream -> {
                GrpcCall call = stream.getProperty(callKey);
                if (call == null || sweeps - call.begun > SWEEPS_PER_TIMEOUT) {
                  end(ctx, stream.id(), call);
                }
                return true;
              });
    } catch (Http2Exception e) {
      onError(ctx, true, e);
    }
    ctx.flush();
  }

  /**
   * Ends what is slow to arrive, or to stop after a refusal.
   *
   * <p>Only here is a stream reset. A reset with each early refusal would be answered by frames for
   * a stream that is gone, and those count as attacks: a long overload would end the connection.
   */
  private void end(ChannelHandlerContext ctx, int id, @Nullable GrpcCall call) {
    if (call != null && !call.answered()) {
      Answer slow = Answer.of(Outcome.TOO_SLOW, "Request did not arrive in time");
      answer(ctx, id, call.refuse(slow), false);
    }
    resetStream(ctx, id, Http2Error.NO_ERROR.code(), ctx.newPromise());
  }

  private void headers(ChannelHandlerContext ctx, int id, Http2Headers headers, boolean last) {
    Http2Stream stream = connection().stream(id);
    if (stream.getProperty(callKey) == null) {
      Signal signal = GrpcRequests.signal(headers);
      Encoding encoding = GrpcRequests.encoding(headers);
      if (signal == null || encoding == null || !GrpcRequests.isCall(headers)) {
        Answer fault = GrpcRequests.fault(headers);
        answer(ctx, id, signal == null ? fault : door.refuse(signal, fault), last);
        return;
      }
      stream.setProperty(callKey, new GrpcCall(door, signal, encoding, sweeps));
    }
    if (last) {
      data(ctx, id, Unpooled.EMPTY_BUFFER, true);
    }
  }

  private void data(ChannelHandlerContext ctx, int id, ByteBuf data, boolean last) {
    GrpcCall call = connection().stream(id).getProperty(callKey);
    if (call == null || call.answered()) {
      return;
    }
    Answer answer = call.read(data, last);
    if (answer != null) {
      answer(ctx, id, answer, last);
    }
  }

  private void answer(ChannelHandlerContext ctx, int id, Answer answer, boolean requestEnded) {
    if (answer.accepted() && requestEnded && !settingsChanged) {
      Http2Stream stream = connection().stream(id);
      encoder().flowController().addFlowControlled(stream, new GrpcSuccess(this, stream));
      return;
    }
    settingsChanged = false;
    GrpcReplies.write(encoder(), ctx, id, answer);
  }

  private final class Frames extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last) {
      headers(ctx, id, headers, last);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int id,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean last) {
      headers(ctx, id, headers, last);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
      settingsChanged = true;
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last) {
      int consumed = data.readableBytes() + padding;
      data(ctx, id, data, last);
      return consumed;
    }
  }

  private final class Closing extends Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      GrpcCall call = stream.getProperty(callKey);
      if (call != null) {
        call.end();
      }
    }
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<GrpcConnection, Builder> {
    private final ReceiveSettings settings;
    private final Door door;

    Builder(ReceiveSettings settings, Door door) {
      this.settings = settings;
      this.door = door;
      server(true);
      validateHeaders(false); // read for four names, never passed on
      decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS);
      initialSettings(
          Http2Settings.defaultSettings()
              .initialWindowSize(STREAM_WINDOW_BYTES)
              .maxConcurrentStreams(settings.maxStreams())
              .maxHeaderListSize(settings.maxHeaderBytes()));
    }

    @Override
    protected GrpcConnection build() {
      return super.build();
    }

    @Override
    protected GrpcConnection build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initial) {
      GrpcConnection built = new GrpcConnection(decoder, encoder, initial, settings, door);
      frameListener(built.new Frames());
      return built;
    }
  }
}
